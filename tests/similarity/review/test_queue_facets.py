"""Each value of a filter is offered with the number of undecided pairs that it would show."""

import pytest

from collection.models import Upload
from similarity.duplicates.review import verdicts
from similarity.duplicates.review.queue import queue_facets
from similarity.duplicates.review.queue_filters import Filters
from similarity.models import DuplicatePair, Verdict
from tests import factories
from tests.similarity.review.queued import a_pair, signed_in

pytestmark = pytest.mark.django_db


def facets_of(filters: Filters) -> queue_facets.Facets:
    """The facets as an administrator sees them."""
    user = factories.a_user(is_superuser=True)
    return queue_facets.of(verdicts.undecided(DuplicatePair.objects.all()), filters, user)


def counted(filters: Filters) -> dict[str, dict[str, int]]:
    facets = facets_of(filters).facets
    return {facet.name: {choice.value: choice.count for choice in facet.choices} for facet in facets}


def test_counts_leave_out_their_own_filter_and_obey_the_others():
    prints, maps = factories.a_collection(slug="prints"), factories.a_collection(slug="maps")
    a_pair(prints, kind="mirrored", signals={"twin_bits": 2})
    a_pair(prints, kind="detail", suggested=Verdict.SIMILAR)
    a_pair(maps, kind="mirrored", rule="features")
    verdicts.decide(a_pair(maps).pk, Verdict.DUPLICATE, factories.a_user())

    found = counted(Filters(kind="mirrored"))

    assert found["kind"] == {"mirrored": 2, "detail": 1}
    assert found["collection"] == {"prints": 1, "maps": 1}
    assert found["rule"] == {"registration": 1, "features": 1}
    assert found["signal"] == {"twin_bits": 1}
    assert found["suggested"] == {"duplicate": 2}


def test_a_pair_across_two_collections_counts_for_both_and_one_within_counts_once():
    prints, maps = factories.a_collection(slug="prints"), factories.a_collection(slug="maps")
    a_pair(prints)
    low, high = (factories.an_image(factories.a_work(each)) for each in (prints, maps))
    a_pair(low=low, high=high)

    assert counted(Filters())["collection"] == {"prints": 2, "maps": 1}


def test_accounts_that_uploaded_are_counted():
    ada, ben = factories.a_user("ada"), factories.a_user("ben")
    both, one, _ = a_pair(), a_pair(), a_pair()
    for user, image in ((ada, both.low), (ada, both.high), (ben, one.low), (ada, one.high)):
        Upload.objects.create(collection=image.collection, uploaded_by=user).files.create(name="a.jpg", image=image)

    assert counted(Filters())["uploader"] == {str(ada.pk): 2, str(ben.pk): 1}


def test_a_chosen_value_that_no_pair_has_any_more_stays_on_the_form():
    a_pair(kind="detail")

    page = signed_in(is_superuser=True).get("/review/?kind=mirrored")

    assert counted(Filters(kind="mirrored"))["kind"] == {"mirrored": 0, "detail": 1}
    assert "No pair matches these filters" in page.text
    assert '<option value="mirrored" selected>' in page.text


def test_the_page_shows_how_many_pairs_match():
    for kind in ("mirrored", "mirrored", "detail"):
        a_pair(kind=kind)

    assert "Filter: 2 of 3 pairs" in signed_in(is_superuser=True).get("/review/?kind=mirrored").text


def test_a_curator_sees_the_values_of_their_own_pairs_only():
    own = a_pair(kind="detail")
    a_pair(kind="mirrored")

    page = signed_in(curates=own.low.collection).get("/review/?kind=detail")

    assert "Filter: 1 of 1 pairs" in page.text
    assert '<option value="mirrored"' not in page.text


def test_of_a_long_queue_the_most_certain_pairs_are_counted_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queue_facets, "COUNTED", 2)
    prints, maps = factories.a_collection(slug="prints"), factories.a_collection(slug="maps", title="Maps")
    for certainty in (0.9, 0.8):
        a_pair(prints, kind="mirrored", certainty=certainty)
    a_pair(maps, kind="detail", certainty=0.5)

    page = signed_in(is_superuser=True).get("/review/?suggested=duplicate").text

    assert counted(Filters())["collection"] == {"prints": 2, "maps": 0}
    assert "Filter: 2+ of 3 pairs" in page
    assert ">The same photograph, mirrored (2+)</option>" in page
    assert ">Maps</option>" in page  # its number is not known
    assert "Numbers with “+” are counted among the 2 most certain pairs." in page


def test_a_filter_that_leaves_few_pairs_of_a_long_queue_has_exact_numbers(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queue_facets, "COUNTED", 2)
    for kind in ("mirrored", "mirrored", "mirrored", "detail"):
        a_pair(kind=kind)

    found = facets_of(Filters(kind="detail"))

    assert (found.matching, found.is_part) == (1, False)
    assert [facet.name for facet in found.facets if facet.is_part] == ["kind"]


def test_a_curator_of_a_long_queue_is_offered_own_collections_and_their_uploaders_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queue_facets, "COUNTED", 1)
    own, other = factories.a_collection(slug="own"), factories.a_collection(slug="other")
    for collection in (own, other):
        Upload.objects.create(collection=collection, uploaded_by=factories.a_user(f"of {collection.slug}"))
    for _ in range(2):
        a_pair(own)

    facets = signed_in(curates=own).get("/review/").context["facets"].facets
    offered = {facet.name: [choice.label for choice in facet.choices] for facet in facets}

    assert (offered["collection"], offered["uploader"]) == ([own.title], ["of own"])
