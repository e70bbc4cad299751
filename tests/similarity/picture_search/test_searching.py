"""A search by picture returns a token. Its answer follows a moment later: results, or a reason for a refusal."""

import pytest
from django.test import Client

from similarity.image_query import answering
from similarity.models import Space
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.networks.weights import WeightsError
from tests import factories, fakes
from tests.similarity.picture_search.asking import send, works_of

pytestmark = pytest.mark.django_db


def test_the_nearest_works_are_shown_once_a_worker_has_answered(client: Client, messages, embedder, add_work):
    other, same = add_work(42), add_work(5)

    answer = send(client, factories.painted(5))
    waiting = client.get(answer.url)
    answering.answer(messages[0], lambda _: embedder)
    page = client.get(answer.url)

    assert "Searching by your picture" in waiting.text
    assert f'<noscript> <a href="{answer.url}">Show the result</a>' in waiting.text
    assert works_of(page) == [same, other]


def test_drafts_are_not_found_by_their_picture(client: Client, messages, embedder, add_work):
    add_work(5, is_published=False)

    answer = send(client, factories.painted(5))
    answering.answer(messages[0], lambda _: embedder)

    assert client.get(answer.url).context["kin"] == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"Dear museum", "not a picture"), (b"", "empty (0 bytes); please check it"), (b"<svg/>", "SVG")],
)
def test_a_file_that_is_no_picture_gets_a_sentence_and_sends_no_message(
    client: Client, messages, data: bytes, sentence: str
):
    answer = send(client, data)

    assert answer.status_code == 422
    assert sentence.lower() in answer.text.lower()
    assert not messages


def test_without_redis_the_page_says_that_search_is_not_available(client: Client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = send(client, factories.painted(5))

    assert answer.status_code == 422
    assert "not available at the moment" in answer.text


def test_the_form_sends_no_message(client: Client, messages):
    assert client.get("/search/picture/").status_code == 200
    assert not messages


def test_where_a_network_is_missing_its_lenses_are_left_out(client: Client, messages, embedder, add_work, caplog):
    add_work(5)
    Space.objects.filter(lens="look").update(weights_digest="lost")

    answer = send(client, factories.painted(5))
    answering.answer(messages[0], having_lost("look", embedder))
    page = client.get(answer.url)

    assert [tab.lens.name for tab in page.context["tabs"]] == ["colour"]
    assert len(works_of(page)) == 1
    assert "the file is gone" in caplog.text


@pytest.mark.parametrize("loss", [WeightsError("the file is gone"), UnknownBackboneError("no such network any more")])
def test_where_every_network_is_missing_search_is_being_renewed(client: Client, messages, embedder, loss):
    answer = send(client, factories.painted(5))
    answering.answer(messages[0], having_lost("look colour", embedder, loss))

    assert "Search by picture is being renewed" in client.get(answer.url).text
    assert embedder.seen == 0


def having_lost(lenses: str, embedder: fakes.FakeEmbedder, loss: Exception | None = None):
    def embedder_of(space: Space) -> fakes.FakeEmbedder:
        if space.lens in lenses:
            raise loss or WeightsError("the file is gone")
        return embedder

    return embedder_of


def test_before_the_first_worker_search_is_being_renewed(client: Client, messages):
    answer = send(client, factories.painted(5))
    answering.answer(messages[0], lambda _: fakes.FakeEmbedder())

    assert "Search by picture is being renewed" in client.get(answer.url).text


def test_where_the_match_alone_can_be_compared_search_is_being_renewed(client: Client, messages):
    embedder = fakes.FakeEmbedder(lenses=("look", "match"))
    for lens in ("look", "match"):
        fakes.opened(embedder, lens)
    Space.objects.filter(lens="look").update(pooling="cells-squashed")  # as after an upgrade

    answer = send(client, factories.painted(5))
    answering.answer(messages[0], lambda _: embedder)

    assert "Search by picture is being renewed" in client.get(answer.url).text


def test_an_unexpected_error_is_answered_at_once(client: Client, messages, add_work, caplog):
    def failing(space: Space) -> fakes.FakeEmbedder:
        raise ZeroDivisionError

    answer = send(client, factories.painted(5))
    answering.answer(messages[0], failing)

    assert "Something went wrong" in client.get(answer.url).text
    assert "ZeroDivisionError" in caplog.text
