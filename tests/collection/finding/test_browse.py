import pytest
from django.contrib.auth.models import AnonymousUser

from collection.browsing import counting, facets, paging
from collection.browsing.filters import Filters
from collection.permissions import visible_works
from tests.factories import a_collection, a_user, a_work, an_image

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def titles(filters: Filters, after: int | None = None) -> list[str]:
    return [work.title for work in paging.page(visible_works(AnonymousUser()), filters, after).works]


def choices(filters: Filters, name: str) -> dict[str, int]:
    works = visible_works(AnonymousUser())
    shown = facets.facets(counting.count(works, filters, {}), filters, {})
    (facet,) = [facet for facet in shown if facet.name == name]
    return {choice.value: choice.count for choice in facet.choices}


def test_words_are_found_as_written_and_by_their_stem():
    a_work(title="Boats at Argenteuil", creators=["Claude Monet"])
    a_work(title="Haystacks")

    assert titles(Filters(q="boat")) == ["Boats at Argenteuil"]
    assert titles(Filters(q="claude boat")) == ["Boats at Argenteuil"]
    assert titles(Filters(q='"at argenteuil"')) == ["Boats at Argenteuil"]
    assert titles(Filters(q="boat -argenteuil")) == []


@pytest.mark.parametrize("number", ["PA.0001", "1923.4", "INV 20", "29.100.6", "RF-1998/3"])
def test_a_work_is_found_first_by_its_accession_number(number):
    a_work(title="Itself", accession_number=number)
    a_work(title=f"Study after {number} and {number}")

    assert titles(Filters(q=number.lower()))[0] == "Itself"


def test_values_of_one_facet_widen_and_two_facets_narrow():
    a_work(title="a", classification="Print", creators=["Hokusai"])
    a_work(title="b", classification="Painting", creators=["Hokusai"])
    a_work(title="c", classification="Print", creators=["Goya"])

    assert titles(Filters(chosen={"classification": ("Print", "Painting")})) == ["c", "b", "a"]
    assert titles(Filters(chosen={"classification": ("Print",), "creator": ("Hokusai",)})) == ["a"]


def test_a_range_of_years_takes_every_work_that_touches_it():
    a_work(title="within", year_start=1850, year_end=1852)
    a_work(title="reaching in", year_start=1800, year_end=1851)
    a_work(title="one year known", year_start=1851)
    a_work(title="before", year_start=1700, year_end=1710)
    a_work(title="undated")

    found = titles(Filters(year_from=1851, year_to=1860))

    assert set(found) == {"within", "reaching in", "one year known"}


@pytest.mark.parametrize("order", ["newest", "oldest", "title", "best"])
def test_pages_follow_each_other_without_gap_or_repetition(order, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 3)
    for number in range(11):
        a_work(
            title=f"boat {number % 3}" if number % 4 else "", medium="boat", year_start=(None, 1800, 1700)[number % 3]
        )
    filters = Filters(q="boat", order=order)

    pages = [paging.page(visible_works(AnonymousUser()), filters)]
    while pages[-1].next_after:
        pages.append(paging.page(visible_works(AnonymousUser()), filters, pages[-1].next_after))

    pks = [work.pk for page in pages for work in page.works]
    assert len(pks) == len(set(pks)) == 11


def test_a_text_search_is_in_the_order_of_its_matches_unless_another_is_asked_for(client):
    a_work(title="Harbour", description="In the distance a boat.")
    a_work(title="Boat", creators=["Boat Painter"])
    a_work(title="Quay", description="Beside it a boat.")

    assert titles(Filters(q="boat"))[0] == "Boat"
    assert titles(Filters(q="boat", order="newest"))[0] == "Quay"
    assert '<option value="" selected>Best match' in client.get("/browse/?q=boat&order=").text
    assert '<option value="" selected>Newest first' in client.get("/browse/?order=best").text


def test_undated_and_untitled_works_come_last():
    a_work(title="", year_start=None)
    a_work(title="Zebra", year_start=1900)
    a_work(title="apple", year_start=-300)

    assert titles(Filters(order="oldest")) == ["apple", "Zebra", ""]
    assert titles(Filters(order="title")) == ["apple", "Zebra", ""]


def test_hidden_works_are_neither_listed_nor_counted():
    a_work(title="shown", classification="Print", creators=["Goya"])
    a_work(title="draft", classification="Secret", creators=["Nobody"], is_published=False)
    a_work(title="closed", classification="Secret", collection=a_collection(slug="closed", is_public=False))

    assert titles(Filters()) == ["shown"]
    assert choices(Filters(), "classification") == {"Print": 1}
    assert choices(Filters(), "creator") == {"Goya": 1}
    assert "closed" not in choices(Filters(), "collection")


@pytest.mark.parametrize(
    "query",
    [
        "from=abc&to=",
        "from=99999999999999999999",
        "from=1900&to=1800",
        "after=garbage",
        "after=-1",
        "after=99999999999999999999999",
        "after=123456",
        "pages=0",
        "pages=99999",
        "pages=x&after=1",
        "find_creator=%00",
        "find_creator=" + "x" * 3000,
        "order=sideways",
        "order=best",
        "q=%00",
        "q=%27%22%28%29%3A%2A%26%7C%21",
        "q=-",
        "q=the",
        "creator=%00&creator=",
        "collection=nowhere&classification=nothing",
        "collection=../..&q=" + "x" * 3000,
    ],
)
def test_an_address_that_makes_no_sense_is_answered_all_the_same(client, query):
    a_work(title="Boats")

    assert client.get(f"/browse/?{query}").status_code == 200


def test_htmx_gets_the_results_and_a_clean_address(client):
    a_work(title="Boats")

    answer = client.get("/browse/?q=boat&from=&to=", headers={**HTMX, "HX-Target": "results"})

    assert b"<html" not in answer.content
    assert b"Boats" in answer.content
    assert answer["HX-Push-Url"] == "/browse/?q=boat"
    assert "HX-Request" in answer["Vary"]


def test_going_back_gets_a_whole_page(client):
    headers = {**HTMX, "HX-Target": "results", "HX-History-Restore-Request": "true"}

    assert "<html" in client.get("/browse/", headers=headers).text


def test_browse_stays_within_eight_queries(client, django_assert_max_num_queries):
    collection = a_collection()
    for _ in range(5):
        an_image(a_work(collection, creators=["Goya"], classification="Print"))
    client.force_login(a_user(curates=collection))

    with django_assert_max_num_queries(8):
        response = client.get("/browse/?q=work&creator=Goya&from=1000")

    assert response.status_code == 200


def test_home_shows_what_is_new_and_every_collection_with_its_count(client, django_assert_max_num_queries):
    collection = a_collection(title="Prints")
    an_image(a_work(collection, title="Great Wave"))
    a_work(collection, title="Draft", is_published=False)

    with django_assert_max_num_queries(8):
        page = client.get("/").text

    assert "Great Wave" in page
    assert "Draft" not in page
    assert "1 work\n" in page.replace("</p>", "\n")


def test_home_is_pleasant_while_there_is_nothing(client):
    assert client.get("/").status_code == 200


def test_a_collection_shows_its_works_alone(client):
    prints = a_collection(slug="prints", description="Woodblock prints.")
    a_work(prints, title="Great Wave")
    a_work(title="Elsewhere")

    page = client.get("/collections/prints/").text

    assert "Great Wave" in page
    assert "Woodblock prints." in page
    assert "Elsewhere" not in page


def test_cards_ask_the_same_few_queries_however_many_there_are(client, django_assert_num_queries):
    collection = a_collection()
    for _ in range(3):
        an_image(a_work(collection))
    headers = {**HTMX, "HX-Target": "works"}

    with django_assert_num_queries(2):
        client.get("/browse/?after=999999999", headers=headers)

    for _ in range(5):
        an_image(a_work(collection))
    with django_assert_num_queries(2):
        client.get("/browse/?after=999999999", headers=headers)
