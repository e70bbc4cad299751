"""The home page shows the works of each century as bars, and a year belongs to one century."""

import re

import pytest
from django.test import Client

from collection.browsing import centuries, counting, kept_counts
from collection.browsing.filters import Filters
from collection.models import Artwork
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts():
    """Other tests may have left counts that are kept by this process."""
    kept_counts.caches["process"].clear()
    yield
    kept_counts.caches["process"].clear()


def bars(page: str) -> list[str]:
    return re.findall(r'class="histogram__link"[^>]* title="([^"]*)"', page)


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


def test_all_works_are_counted_by_century_however_many_there_are(client: Client, monkeypatch):
    monkeypatch.setattr(counting, "MATCHES_LIMIT", 2)
    collection = factories.a_collection()
    for year in (1510, 1520, 1530, 1720, None):
        factories.a_work(collection, year_start=year, year_end=year)

    assert bars(client.get("/").text) == ["16th century: 3", "18th century: 1"]


def test_bars_of_only_some_of_very_many_works_say_so(client: Client, monkeypatch):
    monkeypatch.setattr(counting, "MATCHES_LIMIT", 2)
    collection = factories.a_collection()
    for _ in range(4):
        factories.a_work(collection, year_start=1510, year_end=1510)

    page = client.get("/browse/").text

    assert "16th century: 3+" in page
    assert "16th century, 3+ works" in page


def test_the_timeline_of_few_works_follows_every_change_at_once(client: Client):
    factories.a_work(year_start=1510, year_end=1510)
    factories.a_work(year_start=1720, year_end=1720)
    before = bars(client.get("/").text)

    Artwork.objects.filter(year_start=1720).update(year_start=1820, year_end=1820)

    assert before == ["16th century: 1", "18th century: 1"]
    assert bars(client.get("/").text) == ["16th century: 1", "19th century: 1"]


def test_a_large_catalogue_reads_fewer_works(client: Client, monkeypatch):
    monkeypatch.setattr(counting, "LARGE", -2)  # below that of a table that was never analysed
    monkeypatch.setattr(counting, "LARGE_LIMIT", 2)
    collection = factories.a_collection()
    for _ in range(4):
        factories.a_work(collection, year_start=1510, year_end=1510)

    counts = counting.count(Artwork.objects.all(), Filters(), {})

    assert (counts.read, counts.is_capped) == (2, True)


@pytest.mark.parametrize("page", ["/", "/browse/", "/browse/?creator=Ada"])
def test_many_works_are_not_counted_again_for_each_change(client: Client, monkeypatch, page: str):
    monkeypatch.setattr(kept_counts, "FEW_WORKS", 1)
    for year in (1510, 1720):
        factories.a_work(year_start=year, year_end=year, creators=["Ada"])
    before = bars(client.get(page).text)

    Artwork.objects.filter(year_start=1720).update(year_start=1820, year_end=1820)
    soon = bars(client.get(page).text)
    monkeypatch.setattr(kept_counts, "REUSED_S", 0)
    monkeypatch.setattr(kept_counts, "TOTALS_REUSED_S", 0)
    monkeypatch.setattr(kept_counts, "COUNTS_AGAIN_AFTER", 0)
    later = bars(client.get(page).text)

    assert soon == before == ["16th century: 1", "18th century: 1"]
    assert later == ["16th century: 1", "19th century: 1"]


def test_invented_addresses_do_not_push_out_the_counts_that_most_visitors_see(client: Client, monkeypatch, settings):
    monkeypatch.setattr(kept_counts, "FEW_WORKS", 0)
    monkeypatch.setattr(kept_counts, "REUSED_S", 60)
    small = {**settings.CACHES["process"], "LOCATION": "small", "OPTIONS": {"MAX_ENTRIES": 3}}
    settings.CACHES = {**settings.CACHES, "process": small}
    factories.a_work(year_start=1510, year_end=1510, culture="Greek", medium="Ink")
    before = bars(client.get("/browse/").text)
    Artwork.objects.update(year_start=1820, year_end=1820)

    for number in range(9):
        client.get(f"/browse/?culture=Invented+{number}")
        client.get(f"/browse/?culture=Greek&culture=Invented+{number}")
        client.get(f"/browse/?culture=Greek&from={number}")
        client.get(f"/browse/?order=title&after={number}")

    assert bars(client.get("/browse/").text) == before == ["16th century: 1"]
