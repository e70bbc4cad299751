"""What each facet counts, and how it combines with a text and with very many works."""

import pytest

from collection.browsing import counting, orders
from collection.models import Artwork, Collection
from tests.factories import a_collection, a_user, a_work

pytestmark = pytest.mark.django_db


def choices(client, name: str, **query: str) -> dict[str, int]:
    shown = client.get("/browse/", query).context["facets"]
    return {choice.value: choice.count for facet in shown if facet.name == name for choice in facet.choices}


def test_counts_follow_every_change_at_once(client):
    work = a_work(classification="Print", creators=["Ann"])
    before = client.get("/browse/").text
    Artwork.objects.filter(pk=work.pk).update(creators=["Zoe"])
    changed = client.get("/browse/").text
    Collection.objects.update(is_public=False)

    after = client.get("/browse/").text

    assert "Ann" in before
    assert "Zoe" in changed
    assert "Ann" not in changed
    assert "Zoe" not in after
    assert "0 works" in after


@pytest.mark.parametrize(
    ("name", "value", "label", "fields", "other"),
    [
        ("department", "Prints", "Prints", {"department": "Prints"}, {"department": "Asia"}),
        ("culture", "Korean", "Korean", {"culture": "Korean"}, {}),
        ("medium", "oil on canvas", "oil on canvas", {"medium": "oil on canvas"}, {"medium": "ink"}),
        ("century", "19", "19th century", {"year_start": 1890, "year_end": 1910}, {"year_start": 1850}),
        ("century", "-3", "3rd century BCE", {"year_start": -300}, {"year_start": -301}),
        ("century", "1", "1st century", {"year_start": 0, "year_end": 5}, {"year_start": 101}),
        ("century", "-100", "100th century BCE", {"year_start": -2_000_000_000}, {}),
        (
            "rights", "creativecommons.org/publicdomain/zero/1.0", "CC0 1.0",
            {"rights_uri": "https://creativecommons.org/publicdomain/zero/1.0/"}, {"rights_uri": ""},
        ),
        ("picture", "no", "Without a picture", {"is_ready": False}, {"is_ready": True}),
    ],
)  # fmt: skip
def test_each_facet_counts_what_it_finds(client, name, value, label, fields, other):
    collection = a_collection()
    client.force_login(a_user(curates=collection))
    a_work(collection, title="This", **fields)
    a_work(collection, title="Other", **other)

    page = client.get("/browse/", {name: value})
    (shown,) = (one for one in page.context["facets"] if one.name == name)

    (choice,) = (choice for choice in shown.choices if choice.value == value)
    expected = ["Other", "This"] if (name, value) == ("century", "19") else ["This"]
    assert [work.title for work in page.context["page"].works] == expected
    assert (choice.label, choice.count) == (label, len(expected))
    assert choice.is_chosen
    assert label in page.text


def test_the_rights_of_a_collection_count_for_works_that_state_none(client):
    uri = "http://rightsstatements.org/vocab/InC/1.0/"
    a_work(a_collection(rights_uri=uri), title="Of the collection")
    a_work(title="Its own", rights_uri="https://www.rightsstatements.org/vocab/InC/1.0")

    page = client.get("/browse/", {"rights": "rightsstatements.org/vocab/InC/1.0"})

    assert {work.title for work in page.context["page"].works} == {"Of the collection", "Its own"}
    assert choices(client, "rights") == {"rightsstatements.org/vocab/InC/1.0": 2}


@pytest.mark.parametrize("value", ["0", "-101", "31", "x", "19.5", "٣", "-", "--1", "9" * 50])
def test_a_century_that_is_none_finds_nothing_and_is_shown_as_it_is(client, value):
    a_work(year_start=1850)

    page = client.get("/browse/", {"century": value})

    assert page.status_code == 200
    assert "0 works" in page.text


def test_facets_combine_with_a_text(client):
    a_work(title="Vase", culture="Korean")
    a_work(title="Vase", culture="Greek")
    a_work(title="Bowl", culture="Greek")

    page = client.get("/browse/?q=vases&culture=Greek")

    assert page.context["counts"].works == 1
    assert choices(client, "culture", q="vases") == {"Korean": 1, "Greek": 1}


def test_very_many_works_are_estimated_and_the_page_says_so(client, monkeypatch):
    monkeypatch.setattr(counting, "MATCHES_LIMIT", 2)
    for _ in range(4):
        a_work(classification="Print")

    page = client.get("/browse/").text

    assert "About " in page
    assert "2+" in page or "3+" in page


def test_too_many_works_to_be_ranked_are_listed_with_the_newest_first(client, monkeypatch):
    monkeypatch.setattr(orders, "RANKED_LIMIT", 1)
    a_work(title="Boat boat")
    a_work(title="Quay", description="A boat")

    page = client.get("/browse/?q=boat&order=best")

    assert [work.title for work in page.context["page"].works] == ["Quay", "Boat boat"]
    assert "Best match" not in page.text


def test_a_bar_of_the_histogram_is_a_link_that_adds_its_century_and_takes_it_away(client):
    a_work(year_start=1850)
    a_work(year_start=1750)

    page = client.get("/browse/?q=work&century=18").text

    assert 'href="/browse/?q=work&amp;century=18&amp;century=19"' in page
    assert 'href="/browse/?q=work"' in page
    assert '<input type="hidden" name="century" value="18">' in page


def test_more_than_ten_values_can_be_searched(client):
    collection = a_collection()
    for number in range(11):
        a_work(collection, culture=f"Culture {number}", medium=f"Medium {number % 10}")

    page = client.get("/browse/").text

    assert 'name="find_culture"' in page
    assert 'name="find_medium"' not in page
