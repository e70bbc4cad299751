"""A picture can stay with a record that was merged. A pair of it and the kept record needs no verdict."""

import pytest

from collection.models import Artwork
from similarity.duplicates.review import verdicts
from similarity.models import DuplicatePair
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db


def merge(work: Artwork, into: Artwork | None) -> None:
    """Lead one record to another, as a merge does. Its pictures stay with it, as files that both records hold."""
    Artwork.objects.filter(pk=work.pk).update(merged_into=into)


@pytest.mark.parametrize("alias", ["low", "high"])
def test_a_pair_of_one_record_is_not_in_the_queue_until_the_merge_is_undone(alias: str):
    pair, other = a_pair(), a_pair()
    kept = "high" if alias == "low" else "low"
    merged, into = (getattr(pair, side).artwork for side in (alias, kept))

    merge(merged, into)
    during = list(verdicts.undecided(DuplicatePair.objects.all()))
    merge(merged, None)

    assert during == [other]
    assert set(verdicts.undecided(DuplicatePair.objects.all())) == {pair, other}


def test_two_records_that_were_merged_into_a_third_are_one():
    pair, third = a_pair(), factories.a_work()
    for image in pair.pictures:
        merge(image.artwork, third)

    assert not verdicts.undecided(DuplicatePair.objects.all()).exists()


def test_a_pair_of_an_alias_and_another_record_stays_in_the_queue():
    pair = a_pair()
    merge(pair.low.artwork, factories.a_work())

    page = signed_in(is_superuser=True).get("/review/")

    assert list(page.context["pairs"]) == [pair]
