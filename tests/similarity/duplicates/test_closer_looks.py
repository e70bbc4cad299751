"""Mirrored copies and details reach the review queue, with their relation in words; verdicts on them stay."""

from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from PIL import Image, ImageOps

from collection import ingest
from collection.models import ArtworkImage, Collection, Job, JobState
from similarity.duplicates.review import verdicts
from similarity.embedding import pipeline
from similarity.index.percentiles import STEPS
from similarity.models import DuplicatePair, Kind, Rule, Space, Verdict
from tests import factories, fakes
from tests.pictures import landscape, packed
from tests.work import flag_all

pytestmark = pytest.mark.django_db


def add(collection: Collection, picture: Image.Image) -> ArtworkImage:
    return factories.add_picture(factories.a_work(collection), ingest.NewPicture(packed(picture), "picture.png"))


def run_pipeline() -> None:
    embedder = fakes.FakeEmbedder()
    fakes.opened(embedder)
    pipeline.run([embedder])
    flag_all()


def run_again() -> None:
    Job.objects.update(state=JobState.PENDING, attempts=0)
    run_pipeline()


def a_detail(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((width // 3, height // 4, width * 9 // 10, height * 4 // 5))


def test_a_mirrored_copy_is_flagged_and_other_pictures_are_not(media: Path):
    collection = factories.a_collection()
    original, *_ = [add(collection, landscape(seed)) for seed in (5, 23, 42)]
    copy = add(collection, ImageOps.mirror(landscape(5)))

    run_pipeline()

    (pair,) = DuplicatePair.objects.all()
    assert (pair.low, pair.high) == (original, copy)
    assert (pair.suggested, pair.relation) == (Verdict.DUPLICATE, "mirrored")
    assert pair.percent > 90


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_copy_turned_by_quarters_is_flagged_however_far_its_vector_is(media: Path, quarters: int):
    collection = factories.a_collection()
    original = add(collection, landscape(5))
    copy = add(collection, landscape(5).rotate(90 * quarters, expand=True))
    fakes.opened(fakes.FakeEmbedder())
    Space.objects.update(quantiles=np.linspace(-1, 1, STEPS + 1).tolist())  # all that is there is farther apart

    run_pipeline()

    pair = DuplicatePair.objects.get()
    assert (pair.low, pair.high, pair.kind, pair.rule) == (original, copy, Kind.TURNED, Rule.FEATURES)
    assert pair.suggested == Verdict.DUPLICATE


@pytest.mark.parametrize("is_detail_first", [True, False])
def test_a_detail_with_a_record_of_its_own_is_flagged_as_similar(media: Path, is_detail_first: bool):
    collection = factories.a_collection()
    pictures = [landscape(5), a_detail(landscape(5))]
    for picture in reversed(pictures) if is_detail_first else pictures:
        add(collection, picture)
        run_pipeline()

    pair = DuplicatePair.objects.get()

    assert (pair.suggested, pair.relation, pair.hash_distance) == (Verdict.SIMILAR, "detail", None)


@pytest.mark.parametrize("alter", [ImageOps.mirror, a_detail])
def test_a_verdict_on_such_a_pair_outlives_a_second_run(media: Path, alter):
    collection, reviewer = factories.a_collection(), factories.a_user(is_superuser=True)
    add(collection, landscape(5))
    add(collection, alter(landscape(5)))
    run_pipeline()
    before = DuplicatePair.objects.get()
    verdicts.decide(before.pk, Verdict.UNRELATED, reviewer)

    run_again()

    after = DuplicatePair.objects.get()
    assert (after.pk, after.verdict, after.decided_by) == (before.pk, Verdict.UNRELATED, reviewer)
    assert after.relation == before.relation != ""


def test_with_reference_quantiles_only_very_near_pairs_are_compared_as_details(media: Path):
    collection = factories.a_collection()
    add(collection, landscape(5))
    add(collection, a_detail(landscape(5)))
    fakes.opened(fakes.FakeEmbedder())
    Space.objects.update(quantiles=np.linspace(-1, 1, STEPS + 1).tolist())  # all that is there is farther apart

    run_pipeline()

    assert not DuplicatePair.objects.exists()


def test_details_of_one_work_are_no_pair(media: Path):
    work = factories.a_work()
    for picture in (landscape(5), a_detail(landscape(5))):
        factories.add_picture(work, ingest.NewPicture(packed(picture), "view.png"))

    run_pipeline()

    assert not DuplicatePair.objects.exists()


@pytest.mark.parametrize(
    ("relation", "words"),
    [
        ("", "Agreement when overlaid: 91 %."),
        ("mirrored", "Agreement when overlaid, with one picture mirrored: 91 %."),
        ("detail", "One picture seems to be a detail of the other. Agreement in that part: 91 %."),
    ],
)
def test_reviewers_read_the_relation_of_a_pair(client: Client, relation: str, words: str):
    low, high = (factories.an_image() for _ in range(2))
    DuplicatePair.objects.create(low=low, high=high, correlation=0.913, relation=relation, suggested="similar")
    client.force_login(factories.a_user(is_superuser=True))

    assert words in client.get("/review/").text
