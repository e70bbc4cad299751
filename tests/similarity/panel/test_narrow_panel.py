"""The panel of similar works is narrowed by facets, which its address keeps with lens, scope and view."""

import re

import pytest
from django.test import Client
from django.utils.html import escape

from collection.models import Artwork
from tests import factories
from tests.similarity.panel.asking import panel, titles
from tests.similarity.placed_works import a_work_seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def narrowable(opened, collection, work) -> None:
    a_work_seen(opened, collection, 0.1, 1.0, title="Wave", culture="Japanese", year_start=1831, creators=["Hokusai"])
    a_work_seen(opened, collection, 0.2, 0.9, title="Mask", culture="Japanese")
    a_work_seen(opened, factories.a_collection(title="Pots"), 0.3, 0.8, title="Bowl", culture="Greek", medium="clay")


def options(text: str, name: str) -> list[str]:
    select = re.search(rf'<select id="narrow-{name}".*?</select>', text, re.DOTALL)
    return re.findall(r"<option[^>]*>([^<]*)<", select[0]) if select else []


def test_a_facet_narrows_the_list_and_stays_in_the_address_with_lens_scope_and_view(client: Client, work, narrowable):
    query = "?lens=colour&within=collection&view=7&culture=Japanese&maker=known"

    answer = panel(client, work, query, page=f"{work.get_absolute_url()}?view=7")
    page = client.get(f"/works/{work.pk}/similar/{query}").text

    assert titles(answer.text) == titles(page) == ["Wave"]
    assert answer["HX-Push-Url"] == work.get_absolute_url() + query
    for name, value in (("lens", "colour"), ("within", "collection"), ("view", "7")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in answer.text
    assert f'hx-get="/works/{work.pk}/similar/{escape(query)}"' in client.get(work.get_absolute_url() + query).text


def test_links_to_lenses_and_scopes_and_the_blend_keep_the_facets(client: Client, work, narrowable):
    text = panel(client, work, "?culture=Japanese").text

    assert f'href="/works/{work.pk}/similar/?lens=colour&amp;culture=Japanese"' in text
    assert f'href="/works/{work.pk}/similar/?within=collection&amp;culture=Japanese"' in text
    blend = re.search(r'<form class="blend__form".*?</form>', text, re.DOTALL)
    assert '<input type="hidden" name="culture" value="Japanese">' in blend[0]


def test_values_are_offered_with_their_numbers_of_works_on_view(client: Client, work, narrowable, collection):
    factories.a_work(collection, culture="Secret", is_published=False)
    factories.a_work(factories.a_collection(is_public=False), culture="Closed")

    wide, narrowed = panel(client, work).text, panel(client, work, "?medium=clay").text
    within = panel(client, work, "?within=collection").text
    client.force_login(factories.a_user(curates=collection))
    of_a_curator = panel(client, work).text

    assert options(wide, "culture") == ["Any", "Japanese (2)", "Greek (1)"]
    assert options(wide, "century") == ["Any", "19th century (1)"]
    assert options(narrowed, "culture") == ["Any", "Greek (1)"]
    assert options(within, "culture") == ["Any", "Japanese (2)"]
    assert options(of_a_curator, "culture") == ["Any", "Japanese (2)", "Greek (1)", "Secret (1)"]
    assert "Secret" not in panel(Client(), work).text


def test_a_withdrawn_work_is_no_longer_counted(client: Client, work, narrowable):
    before = panel(client, work).text
    Artwork.objects.filter(title="Bowl").update(is_published=False)

    after = panel(client, work).text

    assert "Greek (1)" in before
    assert "Greek" not in after


def test_each_chosen_value_is_a_chip_that_leads_to_the_list_without_it(client: Client, work, narrowable):
    text = panel(client, work, "?century=19&maker=known&lens=colour").text

    chips = dict(re.findall(r'class="chip" id="[^"]*" href="([^"]*)".*?</span>([^<]*)<', text))
    own = f"/works/{work.pk}/similar/?lens=colour"
    assert chips == {f"{own}&amp;maker=known": "19th century", f"{own}&amp;century=19": "Maker known"}
    assert f'id="chip-all" href="{own}"' in text


def test_the_control_stays_open_while_it_is_used(client: Client, work, narrowable):
    assert '<details class="narrowing" open>' in panel(client, work, "?culture=Greek", by="narrow").text
    assert '<details class="narrowing">' in panel(client, work, "?culture=Greek").text


def test_facets_without_any_similar_work_are_said_with_a_way_back(client: Client, work, narrowable):
    text = panel(client, work, "?culture=%3Cb%3E").text

    assert titles(text) == []
    assert "No work with all of these can be compared with it yet." in text
    assert f'<a href="/works/{work.pk}/similar/">Show all similar works</a>' in text
    assert "<b>" not in text


@pytest.mark.parametrize(
    "query", ["?culture=%00", "?century=x", "?maker=2", "?medium=" + 501 * "x", "?q=wave&rights=x"]
)
def test_nonsense_in_the_address_does_not_narrow(client: Client, work, narrowable, query: str):
    answer = panel(client, work, query)

    assert titles(answer.text) == ["Wave", "Mask", "Bowl"]
    assert answer["HX-Push-Url"] == work.get_absolute_url()


def test_a_visitor_s_narrowed_panel_takes_few_queries(
    client: Client, work, opened, collection, django_assert_max_num_queries
):
    for number in range(40):
        a_work_seen(opened, collection, number / 50, number / 50, culture="Dutch" if number % 2 else "Greek")

    with django_assert_max_num_queries(11):
        first = panel(client, work, "?lens=colour&culture=Dutch&century=17&maker=known").text
    with django_assert_max_num_queries(11):
        second = panel(client, work, "?lens=colour&culture=Dutch").text

    assert titles(first) == []
    assert len(titles(second)) == 12
