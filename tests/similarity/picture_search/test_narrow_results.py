"""Results of a search by picture are narrowed by facets, which their address keeps."""

import re

import pytest
from django.test import Client

from similarity.image_query import answering
from tests import factories
from tests.similarity.picture_search.asking import send, works_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def searched(client: Client, messages, embedder) -> str:
    """The address of the results of a search."""
    answer = send(client, factories.painted(5))
    answering.answer(messages[0], lambda _: embedder)
    return answer.url


def test_a_facet_narrows_the_results_in_every_lens_and_collection(client: Client, searched: str, add_work):
    here, there = (factories.a_collection(title=title, slug=title.lower()) for title in ("Prints", "Maps"))
    print_ = add_work(5, collection=here, culture="Japanese", title="Print")
    map_ = add_work(5, collection=there, culture="Japanese", title="Map")
    add_work(5, collection=here, culture="Dutch")
    add_work(5, collection=here, culture="Japanese", is_published=False)

    narrowed = client.get(f"{searched}?culture=Japanese")
    prints = client.get(f"{searched}?lens=colour&collection=prints&culture=Japanese")

    assert set(works_of(narrowed)) == {print_, map_}
    assert works_of(prints) == [print_]
    scope = re.search(r'<form class="panel-scope".*?</form>', prints.text, re.DOTALL)[0]
    assert '<input type="hidden" name="culture" value="Japanese">' in scope
    assert '<input type="hidden" name="collection" value="prints">' in prints.text  # other facets, still among prints
    assert ">Japanese (1)</option>" in prints.text


def test_htmx_gets_the_narrowed_results_and_their_address(client: Client, searched: str, add_work):
    work = add_work(5, culture="Japanese")
    headers = {"HX-Request": "true", "HX-Target": "answer", "HX-Trigger": "narrow"}

    answer = client.get(f"{searched}?culture=Japanese&medium=&maker=", headers=headers)

    assert works_of(answer) == [work]
    assert answer["HX-Push-Url"] == f"{searched}?culture=Japanese"
    assert '<details class="narrowing" open>' in answer.text


def test_no_result_with_the_facets_is_said_with_a_way_back(client: Client, searched: str, add_work):
    add_work(5, culture="Dutch")

    text = client.get(f"{searched}?culture=Japanese").text

    assert "No work with all of these can be compared with your picture yet." in text
    assert f'<a href="{searched}">Show all similar works</a>' in text


@pytest.mark.parametrize("query", ["?culture=%00", "?century=x", "?maker=2"])
def test_nonsense_in_the_address_does_not_narrow(client: Client, searched: str, add_work, query: str):
    work = add_work(5)

    assert works_of(client.get(searched + query)) == [work]


def test_values_of_a_facet_are_found_by_a_text(client, searched, add_work):
    add_work(5, culture="Japanese")
    add_work(6, culture="Dutch")
    headers = {"HX-Request": "true", "HX-Target": "narrow-culture", "HX-Trigger": "narrow-find-culture"}

    answer = client.get(f"{searched}?find_culture=jap", headers=headers)

    assert re.findall("<option[^>]*>([^<]*)", answer.text) == ["Any", "Japanese (1)"]
    assert "HX-Push-Url" not in answer
