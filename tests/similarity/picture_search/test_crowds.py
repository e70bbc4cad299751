"""The number of waiting searches, and the cost of each picture, are limited."""

import pytest
from django.test import Client
from PIL import Image

from collection import imaging
from similarity.image_query import searches
from similarity.workers import fair_queue, task_names
from tests import factories, pictures
from tests.similarity.picture_search.asking import send
from tests.similarity.sent_messages import fill_queue

pytestmark = pytest.mark.django_db


def test_a_search_is_refused_while_too_many_wait(client: Client, broker):
    fill_queue(fair_queue.LIMIT)

    answer = send(client, factories.painted(5))

    assert "try again in a minute" in answer.text
    assert fair_queue.waiting() == fair_queue.LIMIT


def test_while_too_many_wait_no_picture_is_opened(client: Client, broker):
    fill_queue(fair_queue.LIMIT)

    answer = send(client, b"Dear museum")

    assert "try again in a minute" in answer.text
    assert "not a picture" not in answer.text


def test_one_picture_at_a_time_is_decoded_and_the_next_visitor_waits_only_so_long(
    client: Client, messages, monkeypatch
):
    monkeypatch.setattr(searches, "DECODER_WAIT_S", 0.01)

    with searches.decoder:
        meanwhile = send(client, factories.painted(5))
    afterwards = send(client, factories.painted(5))

    assert "try again in a minute" in meanwhile.text
    assert afterwards.status_code == 302
    assert len(messages) == 1


def test_a_damaged_picture_gives_its_turn_back(client: Client, messages, monkeypatch):
    monkeypatch.setattr(searches, "DECODER_WAIT_S", 0.01)
    whole = factories.painted(5)

    send(client, whole[: len(whole) // 2])

    assert send(client, whole).status_code == 302


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_formats_that_are_slow_to_decode_have_a_tighter_limit(messages, monkeypatch, kind: str):
    monkeypatch.setattr(searches, "COSTLY_PIXELS_MP", 0.005)
    scene = pictures.painted(96, 64)

    with pytest.raises(imaging.TooManyPixels, match=r"96 by 64 pixels.*0\.005 megapixels.*50 megapixels in other"):
        searches.ask(pictures.packed(scene, kind))
    searches.ask(pictures.packed(scene, "PNG"))

    assert len(messages) == 1


def test_a_heic_photograph_of_a_phone_is_accepted_and_a_larger_one_is_not(messages):
    phone, camera = (Image.new("RGB", size, (90, 120, 60)) for size in ((4032, 3024), (4240, 2968)))

    searches.ask(pictures.packed(phone, "HEIF", quality=10))
    with pytest.raises(imaging.TooManyPixels, match=r"4240 by 2968 pixels.*12\.5 megapixels are accepted in HEIC"):
        searches.ask(pictures.packed(camera, "HEIF", quality=10))

    assert len(messages) == 1


def test_each_waiting_search_has_a_message_to_a_worker(client: Client, messages, broker):
    send(client, factories.painted(5))
    send(client, factories.painted(6))

    assert fair_queue.waiting() == len(messages) == 2
    assert broker.waiting() == [(task_names.ANSWER, [])] * 2
