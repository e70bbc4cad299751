"""Placeholders, blank scans and tiny pictures are listed one line each, and placeholders flood no queue."""

import itertools

import pytest

from collection.merging.undoing import undo
from collection.merging.work_merging import merge
from collection.models import ArtworkImage, Collection
from similarity import sweeping
from similarity.duplicates import grouping, placeholders
from similarity.models import DuplicateCase, DuplicatePair, Fingerprint
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db

MANY = placeholders.MOST_WORKS + 1


def sharing(count: int, digest: str, collection: Collection | None = None) -> list[ArtworkImage]:
    """Pictures of as many works, all with the same pixels, each paired with the first one."""
    collection = collection or factories.a_collection()
    images = [factories.an_image(factories.a_work(collection), pixel_digest=digest) for _ in range(count)]
    for each in images[1:]:
        a_pair(low=images[0], high=each, is_identical=True, kind="same_pixels")
    pictures = [image.pk for image in images]
    placeholders.note(pictures)
    grouping.regroup(pictures)
    return images


def waiting(client) -> int:
    return client.get("/review/").context["tally"].waiting


def test_the_pairs_of_a_placeholder_are_not_in_the_queue_nor_a_case():
    sharing(MANY, "a" * 64)
    ordinary = a_pair()
    reviewer = signed_in(is_superuser=True)

    queue = reviewer.get("/review/")

    assert list(queue.context["pairs"]) == [ordinary]
    assert queue.context["cases"] == queue.context["kinds"] == []
    assert not DuplicateCase.objects.exists()


def test_a_picture_that_few_works_share_is_a_case_as_before():
    sharing(MANY - 1, "a" * 64)

    assert DuplicateCase.objects.count() == 1
    assert waiting(signed_in(is_superuser=True)) == MANY - 2


def test_the_last_work_that_makes_a_picture_a_placeholder_empties_its_case():
    images = sharing(MANY - 1, "a" * 64)
    last = factories.an_image(factories.a_work(images[0].collection), pixel_digest="a" * 64)
    a_pair(low=images[0], high=last, is_identical=True)

    placeholders.note([last.pk])
    grouping.regroup([images[0].pk, last.pk])

    assert not DuplicateCase.objects.exists()
    assert set(DuplicatePair.objects.values_list("stands_for_many", flat=True)) == {True}


def test_several_views_of_one_work_are_no_placeholder():
    work = factories.a_work()
    for _ in range(MANY):
        factories.an_image(work, pixel_digest="a" * 64, sha256=f"{next(factories.numbers):064x}")

    assert placeholders.shared(["a" * 64]) == []


def test_the_repair_follows_the_number_of_works():
    images = sharing(MANY, "a" * 64)
    DuplicatePair.objects.update(stands_for_many=False)  # as the release before left them
    reviewer = signed_in(is_superuser=True)

    sweeping.repair()
    after_upgrade = waiting(reviewer)
    images[-1].artwork.delete()
    sweeping.repair()

    assert after_upgrade == 0
    assert waiting(reviewer) == MANY - 2
    assert DuplicateCase.objects.count() == 1


def test_each_kind_is_listed_one_line_for_equal_pixels():
    sharing(MANY, "a" * 64)
    for digest in ("b", "b", "c"):
        image = factories.an_image(pixel_digest=digest * 64)
        Fingerprint.objects.create(image=image, phash="0" * 64, is_flat=True, thumb=b"", colours=b"")
    thumbnail = factories.an_image(width_px=160, height_px=120)
    reviewer = signed_in(is_superuser=True)

    shown, blank, tiny = (
        reviewer.get(f"/review/blank/?show={name}") for name in ("placeholders", "blank", "tiny")
    )  # fmt: skip

    assert [line.works for line in shown.context["lines"]] == [MANY]
    assert f"{MANY} works" in shown.text
    assert [line.works for line in blank.context["lines"]] == [2, 1]
    assert [line.image for line in tiny.context["lines"]] == [thumbnail]


def test_the_works_of_a_placeholder_are_listed():
    images = sharing(MANY, "a" * 64)

    page = signed_in(is_superuser=True).get(f"/review/blank/{'a' * 64}/").text

    assert all(image.artwork.get_absolute_url() in page for image in images)


def test_a_curator_sees_what_they_may_review_only():
    own, other = factories.a_collection(), factories.a_collection()
    sharing(MANY, "a" * 64, own)
    sharing(MANY, "b" * 64, other)
    curator = signed_in(curates=own)

    page = curator.get("/review/blank/")

    assert [line.image.pixel_digest for line in page.context["lines"]] == ["a" * 64]
    assert curator.get(f"/review/blank/{'b' * 64}/").status_code == 404
    assert signed_in().get("/review/blank/").status_code == 403
    assert signed_in().get(f"/review/blank/{'a' * 64}/").status_code == 403


@pytest.mark.parametrize("query", ["show=nonsense", "after=%00", "after=x", "show=tiny&after=zz"])
def test_an_address_that_means_nothing_shows_the_list_from_its_start(query: str):
    assert signed_in(is_superuser=True).get(f"/review/blank/?{query}").status_code == 200


def test_long_lists_are_paged():
    for _ in range(60):
        factories.an_image(width_px=100, height_px=100)
    reviewer = signed_in(is_superuser=True)

    first = reviewer.get("/review/blank/?show=tiny")
    more = reviewer.get(f"/review/blank/?show=tiny&after={first.context['more_after']}")

    shown = [line.image.pk for page in (first, more) for line in page.context["lines"]]
    assert len(shown) == len(set(shown)) == 60


def test_a_case_shrinks_when_two_of_its_works_are_merged_and_returns_when_that_is_undone():
    collection = factories.a_collection()
    images = [factories.an_image(factories.a_work(collection)) for _ in range(3)]
    for low, high in itertools.pairwise(images):
        a_pair(low=low, high=high)
    grouping.regroup(image.pk for image in images)
    admin = factories.a_user(is_superuser=True)
    reviewer = signed_in(admin)

    row = merge(images[0].artwork, images[1].artwork, admin)
    sweeping.repair()
    merged = DuplicateCase.objects.count(), waiting(reviewer)
    undo(row, admin)
    sweeping.repair()

    assert merged == (0, 1)
    assert (DuplicateCase.objects.count(), waiting(reviewer)) == (1, 2)


def test_a_case_page_leaves_out_pairs_within_one_work():
    collection = factories.a_collection()
    images = [factories.an_image(factories.a_work(collection)) for _ in range(4)]
    for low, high in itertools.pairwise(images):
        a_pair(low=low, high=high)
    grouping.regroup(image.pk for image in images)
    admin = factories.a_user(is_superuser=True)
    address = DuplicateCase.objects.get().get_absolute_url()

    merge(images[0].artwork, images[1].artwork, admin)
    page = signed_in(admin).get(address)

    assert len(page.context["pairs"]) == 2
    assert "2 pairs to decide" in signed_in(admin).get("/review/").text
