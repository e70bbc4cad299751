"""The periodic repair regroups cases that lost pairs to the deletion of a picture."""

from itertools import pairwise

import pytest

from collection.models import ArtworkImage
from similarity import sweeping
from similarity.duplicates import grouping
from similarity.models import DuplicateCase, DuplicatePair, Verdict
from tests import factories

pytestmark = pytest.mark.django_db


def a_chain(count: int) -> list[ArtworkImage]:
    """Make a case of pictures of which each is paired with the next."""
    images = [factories.an_image() for _ in range(count)]
    for low, high in pairwise(images):
        DuplicatePair.objects.create(low=low, high=high, suggested=Verdict.DUPLICATE)
    grouping.regroup(image.pk for image in images)
    return images


def cases() -> list[list[tuple[int, int]]]:
    """Return the pictures of the pairs of each case."""
    return [list(case.pairs.order_by("pk").values_list("low", "high")) for case in DuplicateCase.objects.order_by("pk")]


@pytest.mark.parametrize(("deleted", "pairs_left"), [(0, 1), (1, 0)])
def test_a_case_of_fewer_than_three_pictures_ends(deleted: int, pairs_left: int):
    images = a_chain(3)
    images[deleted].delete()

    sweeping.repair()

    assert cases() == []
    assert DuplicatePair.objects.filter(case=None).count() == pairs_left


def test_a_case_that_fell_apart_is_split():
    images = a_chain(7)
    images[3].delete()

    sweeping.repair()

    ids = [image.pk for image in images]
    assert cases() == [list(pairwise(ids[:3])), list(pairwise(ids[4:]))]


def test_all_such_cases_are_regrouped_a_batch_at_a_time_and_others_stay(monkeypatch):
    monkeypatch.setattr(grouping, "REPAIRED_AT_ONCE", 2)
    whole = a_chain(4)
    for _ in range(5):
        a_chain(3)[0].delete()
    before = list(DuplicateCase.objects.order_by("pk").values_list("pk", flat=True))

    sweeping.repair()

    assert list(DuplicateCase.objects.values_list("pk", flat=True)) == before[:1]
    assert len(cases()[0]) == len(whole) - 1
