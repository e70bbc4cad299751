"""The address keeps the lens or blend from search to search, with scripts and without."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from similarity.image_query import answering
from tests import factories
from tests.similarity.picture_search.asking import send_by_htmx

pytestmark = pytest.mark.django_db


def test_with_scripts_a_malformed_detail_gets_the_same_sentence(client: Client, messages):
    answer = send_by_htmx(client, factories.painted(5), x="\0", y="0", width="0.5", height="1")

    assert answer.status_code == 422
    assert "four numbers" in answer.text
    assert not messages


def test_with_scripts_the_results_come_into_the_page_under_their_own_address(
    client: Client, messages, embedder, add_work
):
    add_work(5)

    waiting = send_by_htmx(client, factories.painted(5))
    address = waiting["HX-Push-Url"]
    answering.answer(messages[0], lambda _: embedder)
    fragment = client.get(address, headers={"HX-Request": "true", "HX-Target": "answer"})
    back = client.get(address, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert address == f"/search/picture/{messages[0]}/"
    assert f'hx-get="{address}"' in waiting.text
    assert "<html" not in fragment.text
    assert "work-card" in fragment.text
    assert "<html" in back.text


@pytest.mark.parametrize("query", ["?lens=colour", "?look=70&colour=30"])
def test_the_next_search_keeps_the_lens_or_blend_of_the_last(client: Client, messages, embedder, add_work, query: str):
    add_work(5)
    first = f"http://testserver/search/picture/{'t' * 22}/{query}"

    waiting = send_by_htmx(client, factories.painted(5), page=first)
    address = waiting["HX-Push-Url"]
    answering.answer(messages[0], lambda _: embedder)
    results = client.get(address, headers={"HX-Request": "true", "HX-Target": "answer"})

    assert address == f"/search/picture/{messages[0]}/{query}"
    assert f'hx-get="{escape(address)}"' in waiting.text
    assert results.context["choice"].query == query
    assert f'href="/search/picture/{escape(query)}">Search by another picture' in results.text


def test_without_scripts_the_lens_is_kept_from_search_to_search(client: Client, messages, embedder, add_work):
    add_work(5)
    form = client.get("/search/picture/?lens=colour")

    picture = SimpleUploadedFile("mine.jpg", factories.painted(5), "image/jpeg")
    answer = client.post("/search/picture/?lens=colour", {"picture": picture})
    waiting = client.get(answer.url)
    answering.answer(messages[0], lambda _: embedder)
    results = client.get(answer.url).text
    over = client.get("/search/picture/no-such-token/?lens=colour").text

    assert 'action="/search/picture/?lens=colour"' in form.text
    assert answer.url == f"/search/picture/{messages[0]}/?lens=colour"
    assert f'hx-get="{answer.url}"' in waiting.text
    assert 'href="/search/picture/?lens=colour">Search by another picture' in results
    assert 'href="/search/picture/?lens=colour">Search again' in over


def test_invalid_fields_in_the_address_of_a_search_are_dropped(client: Client, messages):
    answer = send_by_htmx(client, factories.painted(5), page="http://testserver/search/picture/?lens=smell&x=<b>")

    assert answer["HX-Push-Url"] == f"/search/picture/{messages[0]}/"


def test_with_scripts_a_refusal_comes_where_the_results_would(client: Client, messages):
    answer = send_by_htmx(client, b"Dear museum")

    assert answer.status_code == 422
    assert "not a picture" in answer.text
    assert "<form" not in answer.text
