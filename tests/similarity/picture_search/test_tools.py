"""Results of a search by picture have the tools of the panel: lenses, a blend, and a collection."""

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


def by_htmx(client: Client, address: str, trigger: str):
    headers = {"HX-Request": "true", "HX-Target": "answer", "HX-Trigger": trigger}
    return client.get(address, headers=headers)


def test_a_blend_is_set_beside_the_results_and_written_into_their_address(client: Client, searched: str, add_work):
    add_work(5)

    page = client.get(searched).text
    answer = by_htmx(client, f"{searched}?look=70&colour=30&subject=0", "blend")

    assert f'action="{searched}" hx-get="{searched}" hx-target="#answer"' in page
    assert answer["HX-Push-Url"] == f"{searched}?look=70&colour=30"
    assert '<details class="blend" open>' in answer.text
    assert re.search(r'id="blend-look"[^>]*value="70"', answer.text)


def test_a_search_stays_limited_to_one_collection_in_every_lens(client: Client, searched: str, add_work):
    here, there = (factories.a_collection(title=title, slug=title.lower()) for title in ("Prints", "Maps"))
    print_, map_ = add_work(5, collection=here), add_work(5, collection=there)

    everywhere = client.get(searched)
    prints = client.get(f"{searched}?lens=colour&collection=prints")
    maps = client.get(f"{searched}?look=50&colour=50&collection=maps")

    assert set(works_of(everywhere)) == {print_, map_}
    assert (works_of(prints), works_of(maps)) == ([print_], [map_])
    assert '<option value="prints" selected>Prints</option>' in prints.text
    assert f'href="{searched}?collection=prints"' in prints.text  # the look, still among prints
    assert '<input type="hidden" name="lens" value="colour">' in prints.text  # another collection, still by colour
    assert '<input type="hidden" name="collection" value="maps">' in maps.text  # another blend, still among maps


def test_collections_that_a_visitor_may_not_see_are_not_named(client: Client, searched: str, add_work):
    factories.a_collection(title="Vault", slug="vault", is_public=False)
    work = add_work(5)

    page = client.get(f"{searched}?collection=vault")

    assert works_of(page) == [work]
    assert "Vault" not in page.text
    assert page.context["choice"].query == ""


def test_an_empty_collection_says_so_and_keeps_the_tools(client: Client, searched: str, add_work):
    add_work(5)
    factories.a_collection(title="Empty & new", slug="empty")

    page = client.get(f"{searched}?collection=empty").text

    assert "No work in Empty &amp; new can be compared" in page
    assert 'id="scope-collection"' in page


def test_a_site_with_one_collection_offers_no_choice(client: Client, searched: str, add_work):
    add_work(5)

    assert "scope-collection" not in client.get(searched).text


def test_results_that_load_by_themselves_add_nothing_to_the_history(client: Client, searched: str, add_work):
    add_work(5)

    assert "HX-Push-Url" not in by_htmx(client, searched, "looking")
    assert by_htmx(client, f"{searched}?lens=colour", "lens-colour")["HX-Push-Url"] == f"{searched}?lens=colour"
