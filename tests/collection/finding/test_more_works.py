"""More works come into the page, and its address says how many pages are shown, so that going back finds them all."""

import pytest

from collection.browsing import orders, paging
from tests.factories import a_collection, a_work

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_the_address_follows_more_works_so_that_going_back_finds_them_all(client, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    works = [a_work(title=f"Boat {number}.", medium="oil") for number in range(7)]
    newest_first = works[::-1]
    headers = {**HTMX, "HX-Target": "works", "HX-Current-URL": "http://testserver/browse/?q=oil&pages=2"}

    more = client.get(f"/browse/?q=oil&after={newest_first[3].pk}", headers=headers)
    again = client.get(more["HX-Replace-Url"])

    assert more["HX-Replace-Url"] == "/browse/?q=oil&pages=3"
    assert [work.title for work in again.context["page"].works] == [work.title for work in newest_first[:6]]
    assert f"after={newest_first[5].pk}" in again.text


def test_a_very_long_list_goes_on_from_where_it_was(client, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 1)
    works = [a_work(title=f"Boat {number}.") for number in range(paging.PAGES_LIMIT + 2)]
    current = f"http://testserver/browse/?pages={paging.PAGES_LIMIT}"
    last = works[1]

    headers = {**HTMX, "HX-Target": "works", "HX-Current-URL": current}
    more = client.get(f"/browse/?after={last.pk}", headers=headers)

    assert more["HX-Replace-Url"] == f"/browse/?after={last.pk}"
    assert [work.pk for work in client.get(more["HX-Replace-Url"]).context["page"].works] == [works[0].pk]


def test_the_address_of_a_collection_follows_as_well(client, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 1)
    collection = a_collection(slug="prints")
    _, second, third = (a_work(collection) for _ in range(3))
    headers = {**HTMX, "HX-Target": "works", "HX-Current-URL": "http://testserver/collections/prints/"}

    more = client.get(f"/collections/prints/?after={third.pk}", headers=headers)

    assert more["HX-Replace-Url"] == "/collections/prints/?pages=2"
    assert client.get("/collections/prints/?pages=2").context["page"].works == [third, second]


def test_more_works_bring_the_works_alone(client, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 1)
    first, second = a_work(title="First"), a_work(title="Second")

    answer = client.get(f"/browse/?after={second.pk}", headers={**HTMX, "HX-Target": "works"})

    assert first.title in answer.text
    assert second.title not in answer.text
    assert 'id="facets"' not in answer.text


@pytest.mark.parametrize("order", ["", "best"])
def test_more_of_too_many_works_to_be_ranked_are_the_newest(client, monkeypatch, order):
    monkeypatch.setattr(orders, "RANKED_LIMIT", 1)
    best, newest = a_work(title="Boat boat"), a_work(title="Quay", description="A boat")
    headers = {**HTMX, "HX-Target": "works"}

    shown = client.get(f"/browse/?q=boat&order={order}", headers=headers).context["page"].works

    assert shown == [newest, best]


def test_more_of_few_works_are_in_the_order_of_their_matches(client):
    best, newest = a_work(title="Boat boat"), a_work(title="Quay", description="A boat")

    shown = client.get("/browse/?q=boat", headers={**HTMX, "HX-Target": "works"}).context["page"].works

    assert shown == [best, newest]


def test_more_works_of_a_text_with_a_typing_error_are_those_of_the_corrected_text(client):
    first, second = a_work(title="Haystacks"), a_work(title="Haystacks")

    shown = client.get(f"/browse/?q=haystaks&after={second.pk}", headers={**HTMX, "HX-Target": "works"})

    assert shown.context["page"].works == [first]


def loads_itself(page) -> bool:
    return 'hx-trigger="click, intersect once"' in page.text


@pytest.mark.parametrize("path", ["/browse/", "/collections/prints/"])
def test_works_load_by_themselves_up_to_four_pages_and_then_at_a_click(client, monkeypatch, path: str):
    monkeypatch.setattr(paging, "PAGE_SIZE", 1)
    collection = a_collection(slug="prints")
    works = [a_work(collection) for _ in range(8)]
    headers = {**HTMX, "HX-Target": "works"}

    def after(pages: int):
        current = {"HX-Current-URL": f"http://testserver{path}?pages={pages}"}
        return client.get(f"{path}?after={works[-pages].pk}", headers={**headers, **current})

    assert [loads_itself(client.get(f"{path}?pages={pages}")) for pages in (1, 3, 4, 9)] == [True, True, False, False]
    assert [loads_itself(after(pages)) for pages in (1, 2, 3, 4)] == [True, True, False, False]


def test_a_browser_that_saves_data_loads_more_at_a_click_only(client, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 1)
    works = [a_work() for _ in range(3)]
    headers = {**HTMX, "HX-Target": "works", "Save-Data": "on"}

    page = client.get("/browse/", headers={"Save-Data": "on"})
    more = client.get(f"/browse/?after={works[-1].pk}", headers=headers)

    assert 'hx-trigger="click"' in page.text
    assert 'hx-trigger="click"' in more.text
    assert "Save-Data" in page["Vary"]
