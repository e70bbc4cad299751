"""Facets: what each further choice would find, and how to reach values that are not listed."""

import pytest
from django.contrib.auth.models import AnonymousUser

from collection.browsing import counting, facets
from collection.browsing.facet_table import FacetName
from collection.browsing.facets import Facet
from collection.browsing.filters import Filters
from collection.models import Artwork
from collection.permissions import visible_works
from tests.factories import a_collection, a_work

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def facet(filters: Filters, name: FacetName, **finds: str) -> Facet:
    works = visible_works(AnonymousUser())
    shown = facets.facets(counting.count(works, filters, finds), filters, finds)
    return next(facet for facet in shown if facet.name == name)


def choices(filters: Filters, name: FacetName, **finds: str) -> dict[str, int]:
    return {choice.value: choice.count for choice in facet(filters, name, **finds).choices}


def titles(page: str) -> set[str]:
    return {title for title in ("Vase", "Bowl", "Jug") if f">{title}</span>" in page}


def test_a_facet_counts_under_the_other_filters_but_not_its_own():
    a_work(classification="Print", creators=["Hokusai", "Eisen"])
    a_work(classification="Print", creators=["Goya"])
    a_work(classification="Painting", creators=["Goya"])
    filters = Filters(chosen={"classification": ("Print",)})

    assert choices(filters, "classification") == {"Print": 2, "Painting": 1}
    assert choices(filters, "creator") == {"Hokusai": 1, "Eisen": 1, "Goya": 1}


def test_a_chosen_value_is_always_among_the_choices(monkeypatch):
    monkeypatch.setattr(counting, "FACET_LIMIT", 1)
    monkeypatch.setattr(facets, "FACET_LIMIT", 1)
    a_work(classification="Print")
    a_work(classification="Print")
    a_work(classification="Drawing")

    shown = choices(Filters(chosen={"classification": ("Drawing", "Sculpture")}), "classification")

    assert shown == {"Print": 2, "Drawing": 1, "Sculpture": 0}


def test_works_without_a_maker_are_counted_as_those_of_an_unknown_one(client):
    a_work(title="Vase", creators=[])
    a_work(title="Bowl", creators=["Unknown maker"])
    a_work(title="Jug", creators=["Ann"])

    shown = choices(Filters(), "creator")
    page = client.get("/browse/?creator=Unknown+maker").text

    assert shown == {"Unknown maker": 2, "Ann": 1}
    assert titles(page) == {"Vase", "Bowl"}
    assert "2 works" in page


def test_an_unknown_maker_widens_a_choice_as_any_other_does():
    a_work(creators=[])
    a_work(creators=["Ann"])
    a_work(creators=["Bo"])
    filters = Filters(chosen={"creator": ("Unknown maker", "Ann")})

    assert counting.count(visible_works(AnonymousUser()), filters, {}).works == 2
    assert choices(filters, "creator") == {"Unknown maker": 1, "Ann": 1, "Bo": 1}


@pytest.fixture
def makers(db) -> None:
    """Thirty makers with two works each, and one rarer one for each of three names."""
    collection = a_collection(title="Prints")
    for number in range(30):
        for _ in range(2):
            a_work(collection, creators=[f"Maker {number:02}"], classification=f"Kind {number:02}")
    for name in ("Artemisia Gentileschi", "Orazio Gentileschi", "100%_real"):
        a_work(collection, creators=[name, "Maker 01"], classification=name)


@pytest.mark.usefixtures("makers")
def test_a_value_that_is_not_among_the_most_frequent_is_found_by_a_part_of_its_name(client):
    usual = facet(Filters(), "creator")
    found = choices(Filters(), "creator", creator="gentil")

    page = client.get("/browse/?find_creator=GENTIL").text

    assert len(usual.choices) == facets.FACET_LIMIT
    assert usual.has_more
    assert found == {"Artemisia Gentileschi": 1, "Orazio Gentileschi": 1}
    assert 'value="Orazio Gentileschi"' in page
    assert 'value="Maker 05"' not in page
    assert 'name="find_creator" value="GENTIL"' in page


@pytest.mark.usefixtures("makers")
@pytest.mark.parametrize("name", ["classification", "collection"])
def test_values_of_the_other_facets_are_found_in_the_same_way(name):
    part = {"classification": "orazio", "collection": "print"}[name]

    found = facet(Filters(), name, **{name: part}).choices

    assert [choice.label for choice in found] == [{"orazio": "Orazio Gentileschi", "print": "Prints"}[part]]


@pytest.mark.usefixtures("makers")
def test_signs_of_a_pattern_are_looked_for_as_they_are():
    assert choices(Filters(), "creator", creator="%_") == {"100%_real": 1}
    assert choices(Filters(), "creator", creator="\\") == {}


@pytest.mark.usefixtures("makers")
def test_what_was_chosen_stays_listed_while_another_value_is_looked_for():
    filters = Filters(chosen={"creator": ("Maker 07",)})

    assert choices(filters, "creator", creator="orazio") == {"Maker 07": 2, "Orazio Gentileschi": 1}


@pytest.mark.usefixtures("makers")
def test_htmx_gets_the_values_alone_and_the_address_stays(client):
    headers = {**HTMX, "HX-Target": "creator-values"}

    answer = client.get("/browse/?find_creator=orazio&classification=Kind+01", headers=headers)
    nothing = client.get("/browse/?find_creator=nobody", headers=headers).text

    assert "<html" not in answer.text
    assert "work-card" not in answer.text
    assert "HX-Push-Url" not in answer
    assert "No value has this in its name" in nothing


def test_a_facet_of_few_values_needs_no_search(client):
    a_work(creators=["Ann"])

    assert "find_creator" not in client.get("/browse/").text


@pytest.mark.usefixtures("makers")
@pytest.mark.parametrize("chosen", [(), ("Maker 07",)])
def test_values_of_one_facet_are_counted_alone(chosen):
    filters = Filters(chosen={"creator": chosen})

    alone = counting.count(Artwork.objects.all(), filters, {"creator": "07"}, only="creator")
    among_others = counting.count(Artwork.objects.all(), filters, {"creator": "07"})

    assert alone.values["creator"] == among_others.values["creator"]
    assert alone.works == among_others.works
    assert [name for name, rows in alone.values.items() if rows] == ["creator"]


@pytest.mark.usefixtures("makers")
def test_only_the_values_that_htmx_asks_for_are_counted(client):
    page = client.get("/browse/?find_creator=orazio", headers={**HTMX, "HX-Target": "creator-values"})
    other = client.get("/browse/?find_creator=orazio", headers={**HTMX, "HX-Target": "unknown-values"})

    assert [choice.label for choice in page.context["facet"].choices] == ["Orazio Gentileschi"]
    assert other.status_code == 200


def test_a_value_is_shown_as_text_with_its_number_of_works(client):
    a_work(creators=['<b>Ann</b> "Quote" {facet}'])
    a_work(creators=["Ben"])

    page = client.get("/browse/", {"creator": "Ben"}).content.decode()

    assert "<b>Ann" not in page
    assert 'value="&lt;b&gt;Ann&lt;/b&gt; &quot;Quote&quot; {facet}">' in page
    assert 'name="creator" value="Ben" checked>' in page
    assert '<span class="choice__count">1</span>' in page
