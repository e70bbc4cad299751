"""Values of a facet beyond the most frequent are found by a text, by scripts and without. Least like narrows too."""

import re

import pytest
from django.test import Client

from tests import factories
from tests.similarity.panel.asking import panel, titles
from tests.similarity.panel.test_narrow_panel import options
from tests.similarity.placed_works import a_work_seen

pytestmark = pytest.mark.django_db

RARE = "Ivory & <horn>"


@pytest.fixture
def _many_media(opened, collection, work) -> None:
    """Two works of each of 22 media, a rare work of another, and a work that is not on view."""
    for number in range(22):
        factories.a_work(collection, medium=f"Oil {number:02}")
        factories.a_work(collection, medium=f"Oil {number:02}")
    a_work_seen(opened, collection, 0.3, 0.8, title="Horn", medium=RARE)
    factories.a_work(collection, medium="Hornblende", is_published=False)


@pytest.mark.usefixtures("_many_media")
def test_a_facet_with_more_values_than_are_listed_can_be_searched(client: Client, work):
    page = client.get(f"/works/{work.pk}/similar/?find_medium=HORN&lens=colour").text

    assert options(page, "medium") == ["Any", "Ivory &amp; &lt;horn&gt; (1)"]
    assert 'name="find_medium" value="HORN"' in page
    assert '<details class="narrowing" open>' in page
    assert len(titles(page)) == 1


@pytest.mark.usefixtures("_many_media")
def test_the_field_appears_only_where_values_are_missing_from_the_list(client: Client, work):
    text = panel(client, work).text

    assert len(options(text, "medium")) == 1 + 20
    assert re.findall('name="find_([a-z]+)"', text) == ["medium"]
    assert "Find others by name: Medium" in text


@pytest.mark.usefixtures("_many_media")
@pytest.mark.parametrize("page", ["similar", "dissimilar"])
def test_while_somebody_types_only_the_values_are_sent(client: Client, work, page: str):
    headers = {"HX-Request": "true", "HX-Target": "narrow-medium", "HX-Trigger": "narrow-find-medium"}

    answer = client.get(f"/works/{work.pk}/{page}/?find_medium=horn", headers=headers)

    assert re.findall("<option[^>]*>([^<]*)", answer.text) == ["Any", "Ivory &amp; &lt;horn&gt; (1)"]
    assert "<select" not in answer.text
    assert "HX-Push-Url" not in answer


@pytest.mark.usefixtures("_many_media")
@pytest.mark.parametrize("text", ["nothing like it", "%", "_", "\0", "\ud800", "x" * 10_000])
def test_a_text_that_no_value_has_leaves_the_field_and_a_sentence(client: Client, work, text: str):
    answer = client.get(f"/works/{work.pk}/similar/", {"find_medium": text.encode("utf-8", "surrogatepass")})

    assert answer.status_code == 200
    assert 'name="find_medium"' in answer.text
    if text.isprintable():
        assert options(answer.text, "medium") == ["No value has this in its name"]


@pytest.mark.usefixtures("_many_media")
def test_a_chosen_value_stays_when_another_text_is_searched_for(client: Client, work):
    page = client.get(f"/works/{work.pk}/similar/", {"find_medium": "oil 1", "medium": RARE}).text

    assert "Ivory &amp; &lt;horn&gt; (1)" in options(page, "medium")
    assert titles(page) == ["Horn"]


def test_the_least_similar_works_are_narrowed_by_the_same_facets(client: Client, work, opened, collection):
    a_work_seen(opened, collection, 2.9, 2.9, title="Far mask", culture="Japanese")
    a_work_seen(opened, collection, 3.0, 3.0, title="Farther bowl", culture="Greek")

    wide = client.get(f"/works/{work.pk}/dissimilar/").text
    narrowed = client.get(f"/works/{work.pk}/dissimilar/?culture=Japanese&lens=colour").text

    assert titles(wide) == ["Farther bowl", "Far mask"]
    assert titles(narrowed) == ["Far mask"]
    assert f'class="chip" id="chip-1" href="/works/{work.pk}/dissimilar/?lens=colour"' in narrowed
    assert '<input type="hidden" name="lens" value="colour">' in narrowed
    assert options(wide, "culture") == ["Any", "Greek (1)", "Japanese (1)"]


def test_facets_without_any_dissimilar_work_are_said_with_a_way_back(client: Client, work, opened, collection):
    a_work_seen(opened, collection, 3.0, 3.0, title="Bowl", culture="Greek")

    page = client.get(f"/works/{work.pk}/dissimilar/?culture=Roman").text

    assert titles(page) == []
    assert f'<a href="/works/{work.pk}/dissimilar/">Show all works least like it</a>' in page
