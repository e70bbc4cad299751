"""Copies are flagged and similar works are not; a verdict outlives every run; a second reviewer is refused."""

from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from PIL import Image

from collection import ingest
from collection.jobs import job_queue
from collection.models import Artwork, ArtworkImage, Collection, Job, JobState
from similarity.duplicates import detection, proposals
from similarity.duplicates.review import verdicts
from similarity.duplicates.review.verdicts import AlreadyDecidedError, NotYoursError
from similarity.embedding import pipeline
from similarity.models import DuplicatePair, Fingerprint, Verdict
from tests import factories, fakes
from tests.work import flag_all

pytestmark = pytest.mark.django_db


def add(collection: Collection, data: bytes) -> ArtworkImage:
    return factories.add_picture(factories.a_work(collection), ingest.NewPicture(data, "picture.jpg"))


def run_pipeline() -> None:
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    pipeline.run([embedder])
    flag_all()


def saved(picture: Image.Image, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", **options)
    return file.getvalue()


def a_pair(collection: Collection | None = None) -> DuplicatePair:
    collection = collection or factories.a_collection()
    low, high = (factories.an_image(factories.a_work(collection)) for _ in range(2))
    return DuplicatePair.objects.create(low=low, high=high, correlation=0.9, suggested=Verdict.DUPLICATE)


def test_a_recompressed_copy_is_flagged_and_other_pictures_are_not(media: Path):
    collection = factories.a_collection()
    original, *_ = [add(collection, factories.painted(seed)) for seed in (5, 23, 42)]
    copy = add(collection, saved(Image.open(BytesIO(factories.painted(5))), quality=30))

    run_pipeline()

    (pair,) = DuplicatePair.objects.all()
    assert (pair.low, pair.high) == (original, copy)
    assert pair.suggested == Verdict.DUPLICATE
    assert pair.verdict == Verdict.UNDECIDED


def test_the_same_pixels_in_another_file_are_identical(media: Path):
    collection = factories.a_collection()
    add(collection, factories.painted(5))
    file = BytesIO()
    Image.open(BytesIO(factories.painted(5))).save(file, "PNG")
    add(collection, file.getvalue())

    run_pipeline()

    assert DuplicatePair.objects.get().is_identical


def test_two_blank_pictures_are_no_copies_of_each_other(media: Path):
    collection = factories.a_collection()
    add(collection, saved(Image.new("RGB", (300, 200), "white")))
    add(collection, saved(Image.new("RGB", (300, 220), (254, 254, 254))))

    run_pipeline()

    assert not DuplicatePair.objects.exists()


def test_views_of_one_work_are_no_pair(media: Path):
    work = factories.a_work()
    for quality in (95, 40):
        data = saved(Image.open(BytesIO(factories.painted(5))), quality=quality)
        factories.add_picture(work, ingest.NewPicture(data, "view.jpg"))

    run_pipeline()

    assert not DuplicatePair.objects.exists()


def test_a_verdict_outlives_a_second_run(media: Path):
    collection = factories.a_collection()
    add(collection, factories.painted(5))
    add(collection, saved(Image.open(BytesIO(factories.painted(5))), quality=30))
    run_pipeline()
    reviewer = factories.a_user(is_superuser=True)
    pair = DuplicatePair.objects.get()
    verdicts.decide(pair.pk, Verdict.UNRELATED, reviewer)

    Job.objects.update(state=JobState.PENDING, attempts=0)
    run_pipeline()

    pair.refresh_from_db()
    assert (pair.verdict, pair.decided_by) == (Verdict.UNRELATED, reviewer)


def test_the_second_of_two_reviewers_reads_who_was_first():
    first, second = factories.a_user("Ada"), factories.a_user("Ben")
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.DUPLICATE, first)

    with pytest.raises(AlreadyDecidedError, match="Ada has already decided this pair: duplicate"):
        verdicts.decide(pair.pk, Verdict.UNRELATED, second)

    pair.refresh_from_db()
    assert pair.verdict == Verdict.DUPLICATE


def test_only_who_decided_may_take_a_verdict_back():
    decider, other = factories.a_user(), factories.a_user()
    pair = a_pair()
    verdicts.decide(pair.pk, Verdict.SIMILAR, decider)

    with pytest.raises(NotYoursError):
        verdicts.take_back(pair.pk, other)
    verdicts.take_back(pair.pk, decider)

    pair.refresh_from_db()
    assert (pair.verdict, pair.decided_at) == (Verdict.UNDECIDED, None)


def test_the_database_refuses_a_pair_in_the_wrong_order_and_a_pair_twice():
    pair = a_pair()

    with pytest.raises(IntegrityError), transaction.atomic():
        DuplicatePair.objects.create(low=pair.high, high=pair.low, suggested=Verdict.SIMILAR)
    with pytest.raises(IntegrityError), transaction.atomic():
        DuplicatePair.objects.create(low=pair.low, high=pair.high, suggested=Verdict.SIMILAR)


def test_curators_review_pairs_that_lie_wholly_in_their_collections_and_administrators_all():
    mine, theirs = factories.a_collection(), factories.a_collection()
    own, foreign = a_pair(mine), a_pair(theirs)
    mixed = DuplicatePair.objects.create(low=own.low, high=foreign.high, suggested=Verdict.SIMILAR)
    curator, administrator = factories.a_user(curates=mine), factories.a_user()
    administrator.user_permissions.add(Permission.objects.get(codename="change_duplicatepair"))

    assert set(verdicts.reviewable(curator)) == {own}
    assert set(verdicts.reviewable(administrator)) == {own, foreign, mixed}


def test_the_queue_goes_on_behind_a_pair_also_when_that_pair_was_decided_meanwhile():
    pairs = [a_pair() for _ in range(4)]
    queue = verdicts.undecided(DuplicatePair.objects.all())
    verdicts.decide(pairs[1].pk, Verdict.SIMILAR, factories.a_user())

    rest = verdicts.behind(queue, pairs[1])

    assert list(rest) == pairs[2:]


def test_identical_pictures_come_before_the_best_correlation():
    good = a_pair()
    same = a_pair()
    DuplicatePair.objects.filter(pk=same.pk).update(is_identical=True, correlation=0.1, certainty=1)

    queue = verdicts.undecided(DuplicatePair.objects.all())

    assert list(queue) == [same, good]
    assert list(verdicts.behind(queue, DuplicatePair.objects.get(pk=same.pk))) == [good]


def test_jobs_of_the_backlog_are_added_once(media: Path):
    add(factories.a_collection(), factories.painted(1))

    assert job_queue.add_missing("embed:77") == 1
    assert job_queue.add_missing("embed:77") == 0


def test_a_pair_that_is_found_from_both_pictures_keeps_the_stronger_evidence():
    low, high = factories.an_image(), factories.an_image()
    weak = DuplicatePair(low=low, high=high, correlation=0.9, suggested=Verdict.SIMILAR)
    strong = DuplicatePair(low=low, high=high, correlation=0.8, suggested=Verdict.DUPLICATE)

    assert [pair.suggested for pair in detection.strongest([strong, weak])] == [Verdict.DUPLICATE]
    assert [pair.suggested for pair in detection.strongest([weak, strong])] == [Verdict.DUPLICATE]


def with_hash(bits: str, work: Artwork) -> Fingerprint:
    image = factories.an_image(work)
    return Fingerprint.objects.create(image=image, phash=bits, is_flat=False, thumb=bytes(4096), colours=b"")


def test_a_near_hash_is_found_behind_many_nearer_ones_of_the_same_work():
    collection = factories.a_collection()
    one, other = factories.a_work(collection), factories.a_work(collection)
    near = with_hash("1" * 4 + "0" * 60, other)
    asked = with_hash("0" * 64, one)
    for _ in range(150):  # more than the index lists at once
        with_hash("0" * 64, one)
    with connection.cursor() as cursor:  # as the planner does in a large table
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")

    (_, found), *_ = proposals.near_by_hash(asked)

    assert list(found) == [near.pk]
