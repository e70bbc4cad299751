"""Many who search at once wait their turn, and no picture costs the others more than its share."""

import pytest
from django.test import Client

from collection import imaging
from similarity.image_query import searches
from similarity.workers import ephemeral
from tests import factories, pictures
from tests.similarity.picture_search.asking import send

pytestmark = pytest.mark.django_db


def test_a_crowd_of_searchers_is_asked_to_wait(client: Client, rung: list[str], monkeypatch):
    monkeypatch.setattr(searches, "waiting", lambda: searches.WAITING_LIMIT)

    answer = send(client, factories.painted(5))

    assert "try again in a minute" in answer.text
    assert rung == []


def test_in_a_crowd_no_picture_is_even_opened(client: Client, monkeypatch):
    monkeypatch.setattr(searches, "waiting", lambda: searches.WAITING_LIMIT)

    answer = send(client, b"Dear museum")

    assert "try again in a minute" in answer.text


def test_one_picture_at_a_time_is_decoded_and_the_next_visitor_waits_only_so_long(
    client: Client, rung: list[str], monkeypatch
):
    monkeypatch.setattr(searches, "TURN_WAIT_S", 0.01)

    with searches.turn:
        meanwhile = send(client, factories.painted(5))
    afterwards = send(client, factories.painted(5))

    assert "try again in a minute" in meanwhile.text
    assert afterwards.status_code == 302
    assert len(rung) == 1


def test_a_damaged_picture_gives_its_turn_back(client: Client, rung: list[str], monkeypatch):
    monkeypatch.setattr(searches, "TURN_WAIT_S", 0.01)
    whole = factories.painted(5)

    send(client, whole[: len(whole) // 2])

    assert send(client, whole).status_code == 302


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_formats_that_are_slow_to_decode_have_a_tighter_limit(rung: list[str], monkeypatch, kind: str):
    monkeypatch.setattr(searches, "COSTLY_PIXELS_MP", 0.005)
    scene = pictures.painted(96, 64)

    with pytest.raises(imaging.TooManyPixels, match=r"96 by 64 pixels.*0\.005 megapixels.*50 megapixels in other"):
        searches.ask(pictures.packed(scene, kind))
    searches.ask(pictures.packed(scene, "PNG"))

    assert len(rung) == 1


def test_a_photograph_as_phones_take_it_may_be_searched_by():
    assert searches.COSTLY_PIXELS_MP * 1_000_000 >= 4032 * 3024


def test_searches_that_wait_are_counted_where_celery_puts_them(client: Client):
    send(client, factories.painted(5))
    send(client, factories.painted(6))

    assert searches.waiting() == 2
    with ephemeral.connect() as redis:
        redis.delete(searches.QUEUE)
