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


@pytest.mark.parametrize("alias", ["low", "high"])
def test_an_alias_of_an_alias_is_the_same_record_as_the_end_of_the_chain(alias: str):
    pair, between = a_pair(), factories.a_work()
    kept = "high" if alias == "low" else "low"
    first, last = (getattr(pair, side).artwork for side in (alias, kept))

    merge(first, between)
    before = list(verdicts.undecided(DuplicatePair.objects.all()))
    merge(between, last)

    assert before == [pair]
    assert not verdicts.undecided(DuplicatePair.objects.all()).exists()


def test_two_aliases_that_reach_one_record_by_ways_of_different_lengths_are_one():
    pair, between, last = a_pair(), factories.a_work(), factories.a_work()
    merge(pair.low.artwork, between)
    merge(between, last)
    merge(pair.high.artwork, last)

    assert not verdicts.undecided(DuplicatePair.objects.all()).exists()
    assert signed_in(is_superuser=True).get("/review/").context["tally"].waiting == 0


def test_a_pair_of_an_alias_and_another_record_stays_in_the_queue():
    pair = a_pair()
    merge(pair.low.artwork, factories.a_work())

    page = signed_in(is_superuser=True).get("/review/")

    assert list(page.context["pairs"]) == [pair]
