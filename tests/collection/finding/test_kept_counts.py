"""Counts are kept. If one facet alone is filtered, its counts are those of all works."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collection.browsing import counting, kept_counts
from collection.browsing.filters import Filters
from collection.permissions import visible_works
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def works(monkeypatch) -> Iterator[None]:
    """Thirty works by thirty makers, and five by Ada. Counts of so few works are kept because FEW_WORKS is lowered."""
    caches["process"].clear()
    monkeypatch.setattr(kept_counts, "FEW_WORKS", 1)
    collection = factories.a_collection(title="Prints")
    for number in range(30):
        maker, year = f"Maker {number}", 1500 + 10 * number
        factories.a_work(collection, creators=[maker], classification="Print", year_start=year, year_end=year)
    for number in range(5):
        factories.a_work(collection, creators=["Ada"], classification=f"Kind {number}", culture="Dutch")
    yield
    caches["process"].clear()


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        ("collection", "prints"),
        ("creator", "Ada"),
        ("classification", "Print"),
        ("culture", "Dutch"),
        ("century", "16"),
        ("picture", "yes"),
        ("creator", "Nobody"),
        ("century", "no number"),
        ("collection", "no-such"),
    ],
)
def test_counts_taken_from_those_of_all_works_are_the_same(facet: str, value: str):
    filters, public = Filters(chosen={facet: (value,)}), visible_works(AnonymousUser())
    kept_counts.count(public, Filters())

    kept, counted = kept_counts.count(public, filters), counting.count(public, filters, {})

    assert kept.works == counted.works
    assert {name: sorted(rows) for name, rows in kept.values.items()} == {
        name: sorted(rows) for name, rows in counted.values.items()
    }


def test_all_works_are_not_read_again_for_a_choice():
    public = visible_works(AnonymousUser())
    kept_counts.count(public, Filters())

    with CaptureQueriesContext(connection) as queries:
        kept_counts.count(public, Filters(chosen={"creator": ("Ada",)}))

    assert "found_creator" not in "".join(query["sql"] for query in queries)


def test_a_maker_of_one_work_who_is_not_among_the_frequent_ones_is_counted(client: Client):
    client.get("/browse/")

    page = client.get("/browse/?creator=Maker 29")

    (makers,) = [facet for facet in page.context["facets"] if facet.name == "creator"]
    assert [(choice.label, choice.count) for choice in makers.chosen] == [("Maker 29", 1)]


def test_works_of_known_makers_are_not_taken_for_all_works():
    factories.a_work(creators=[])
    public = visible_works(AnonymousUser())

    known = kept_counts.count(public, Filters(has_maker=True)).works

    assert (known, kept_counts.count(public, Filters()).works) == (35, 36)


def test_numbers_of_a_sample_are_marked(client: Client, monkeypatch):
    monkeypatch.setattr(counting, "MATCHES_LIMIT", 6)

    page = client.get("/browse/?creator=Ada")

    (makers,) = [facet for facet in page.context["facets"] if facet.name == "creator"]
    (cultures,) = [facet for facet in page.context["facets"] if facet.name == "culture"]
    assert all(choice.is_lower_bound for choice in makers.choices)
    assert [(choice.label, choice.count, choice.is_lower_bound) for choice in cultures.choices] == [("Dutch", 5, False)]


def test_numbers_of_a_sample_are_marked_beside_two_choices(client: Client, monkeypatch):
    monkeypatch.setattr(counting, "MATCHES_LIMIT", 6)

    page = client.get("/browse/?creator=Ada&picture=yes")

    facets = {facet.name: facet for facet in page.context["facets"]}
    assert all(choice.is_lower_bound for choice in facets["creator"].choices)  # 35 works have a picture
    assert not any(choice.is_lower_bound for choice in facets["picture"].choices)  # five works are by Ada
