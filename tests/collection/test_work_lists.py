"""A trail and favourites are lists of works in an address: in order, each once, and only what this person may see."""

import re

import pytest
from django.test import Client

from collection import queries
from collection.models import UNKNOWN_MAKER
from collection.views import work_lists
from tests import factories

pytestmark = pytest.mark.django_db

PAGES = ("/trail/", "/trail/strip/", "/favourites/")


def works_in(text: str) -> list[int]:
    """Return the ids of the works that the page links to, each once, in order."""
    return list(dict.fromkeys(int(pk) for pk in re.findall(r'href="/works/(\d+)/"', text)))


@pytest.mark.parametrize("page", PAGES)
def test_works_are_shown_in_the_order_of_the_address_each_once(client: Client, page: str):
    one, two, three = (factories.a_work() for _ in range(3))

    text = client.get(f"{page}?works={three.pk},{one.pk},{three.pk},{two.pk}").text

    assert works_in(text) == [three.pk, one.pk, two.pk]


@pytest.mark.parametrize("page", PAGES)
def test_works_that_the_visitor_may_not_see_are_left_out(client: Client, page: str):
    shown, draft = factories.a_work(), factories.a_work(is_published=False, title="Secret")

    text = client.get(f"{page}?works={draft.pk},{shown.pk}").text

    assert works_in(text) == [shown.pk]
    assert "Secret" not in text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("works", ["", ",", "x", "-1", "9" * 30, "1%00", "²", "<script>", "1," * 5000])
def test_nonsense_in_the_address_is_an_empty_list(client: Client, page: str, works: str):
    response = client.get(f"{page}?works={works}")

    assert response.status_code == 200
    assert works_in(response.text) == []


def test_a_long_address_shows_a_limited_number_of_works(client: Client):
    works = [factories.a_work(factories.a_collection()) for _ in range(2)]
    ids = [works[0].pk] * work_lists.LIMIT + [works[1].pk]

    text = client.get(f"/favourites/?works={','.join(map(str, ids))}").text

    assert works_in(text) == [works[0].pk]


def test_other_works_by_the_maker_come_nearest_in_time_first_without_the_work_itself(client: Client):
    collection = factories.a_collection()
    asked, late, near = (
        factories.a_work(collection, creators=["Ada"], year_start=year, year_end=year) for year in (1600, 1700, 1610)
    )
    factories.a_work(collection, creators=["Bo"])
    factories.a_work(collection, creators=["Ada"], is_published=False)

    text = client.get(f"/works/{asked.pk}/more/").text

    assert works_in(text) == [near.pk, late.pk]
    assert "More by Ada" in text


def test_of_a_maker_of_very_many_works_only_some_are_compared_by_their_years(client: Client, monkeypatch):
    monkeypatch.setattr(queries, "CANDIDATES_LIMIT", 3)
    works = [factories.a_work(creators=["Ada"], year_start=1600 + number) for number in range(9)]

    shown = works_in(client.get(f"/works/{works[8].pk}/more/").text)

    assert len(shown) == 3
    assert shown == sorted(shown, reverse=True)
    assert works[8].pk not in shown


def test_works_of_unknown_makers_have_no_maker_in_common(client: Client):
    nameless = factories.a_work(creators=[UNKNOWN_MAKER])
    known = factories.a_work(creators=[UNKNOWN_MAKER, "Ada"])
    by_ada = factories.a_work(creators=["Ada"])

    assert works_in(client.get(f"/works/{nameless.pk}/more/").text) == []
    assert works_in(client.get(f"/works/{known.pk}/more/").text) == [by_ada.pk]


def test_a_work_whose_maker_made_nothing_else_gets_no_section(client: Client):
    lonely, nameless = factories.a_work(creators=["Ada"]), factories.a_work(creators=[])

    assert client.get(f"/works/{lonely.pk}/more/").text.strip() == ""
    assert client.get(f"/works/{nameless.pk}/more/").text.strip() == ""
