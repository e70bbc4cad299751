"""The home page shows the works of each century as bars, and a year belongs to one century."""

import re

import pytest
from django.test import Client

from collection.browsing import centuries, kept_counts
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts():
    """Other tests may have left counts that are kept by this process."""
    kept_counts.caches["process"].clear()
    yield
    kept_counts.caches["process"].clear()


@pytest.mark.parametrize(
    ("year", "century"),
    [(1801, "19"), (1900, "19"), (1901, "20"), (1, "1"), (100, "1"), (-1, "-1"), (-100, "-1"), (-101, "-2"), (0, "1")],
)
def test_a_year_belongs_to_the_century_that_counts_it(year: int, century: str):
    start, end = centuries.years_of(century)

    assert centuries.value_of(year) == century
    assert start <= year <= end or year == 0


def test_the_home_page_leads_to_each_century_that_has_works(client: Client):
    collection = factories.a_collection()
    for year in (1510, 1720, 1730):
        factories.a_work(collection, year_start=year, year_end=year)
    factories.a_work(collection, year_start=1990, year_end=1990, is_published=False)

    text = client.get("/").text

    assert re.findall(r'href="/browse/\?century=(\d+)" title="([^"]*)"', text) == [
        ("16", "16th century: 1"),
        ("18", "18th century: 2"),
    ]


def test_without_two_centuries_there_is_no_timeline(client: Client):
    factories.a_work(year_start=1510, year_end=1510)

    assert "By century" not in client.get("/").text
