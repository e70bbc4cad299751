"""The number of waiting searches, and the cost of each picture, are limited."""

from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from collection import imaging
from collection.imaging import own_process
from similarity.image_query import client_limits, searches
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


def test_a_second_picture_of_a_client_is_refused_while_its_first_is_decoded_and_others_are_not(messages):
    one, other = "203.0.113.5", "203.0.113.6"

    with client_limits.one_picture(client_limits.asker(one)):
        with pytest.raises(client_limits.TooManySearchesError, match="being read"):
            searches.ask(factories.painted(5), client=one)
        searches.ask(factories.painted(5), client=other)
    searches.ask(factories.painted(5), client=one)

    assert len(messages) == 2


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "PNG", "WEBP", "TIFF", "GIF"])
def test_pictures_that_are_slow_to_decode_have_a_tighter_limit(messages, monkeypatch, kind: str):
    monkeypatch.setattr(searches, "COSTLY_PIXELS_MP", 0.005)
    scene = pictures.painted(96, 64)

    with pytest.raises(imaging.TooManyPixels, match=r"96 by 64 pixels.*0\.005 megapixels.*50 megapixels in a JPEG"):
        searches.ask(pictures.packed(scene, kind))
    searches.ask(pictures.packed(scene, "JPEG"))

    assert len(messages) == 1


def test_a_progressive_jpeg_has_the_tighter_limit_too(messages, monkeypatch):
    monkeypatch.setattr(searches, "COSTLY_PIXELS_MP", 0.005)

    with pytest.raises(imaging.TooManyPixels, match="not progressive"):
        searches.ask(pictures.packed(pictures.painted(96, 64), "JPEG", progressive=True))


def test_a_heic_photograph_of_a_phone_is_accepted_and_a_larger_one_is_not(messages):
    phone, camera = (Image.new("RGB", size, (90, 120, 60)) for size in ((4032, 3024), (4240, 2968)))

    searches.ask(pictures.packed(phone, "HEIF", quality=10))
    with pytest.raises(imaging.TooManyPixels, match=r"4240 by 2968 pixels.*12\.5 megapixels are accepted"):
        searches.ask(pictures.packed(camera, "HEIF", quality=10))

    assert len(messages) == 1


@pytest.mark.parametrize("crop", [None, imaging.Crop(0.25, 0.25, 0.1, 0.1)], ids=["whole", "detail"])
def test_a_search_by_a_large_jpeg_does_not_wait_for_the_decoder_of_uploads(messages, tmp_path: Path, crop):
    large = pictures.packed(Image.new("RGB", (6000, 4100), (90, 120, 60)), "JPEG")
    before = own_process._lock_file
    imaging.use_lock(tmp_path / "decoder.lock")

    try:
        with own_process.turn(0):
            searches.ask(large, crop)
    finally:
        imaging.use_lock(before)

    assert len(messages) == 1


def test_each_waiting_search_has_a_message_to_a_worker(client: Client, messages, broker):
    send(client, factories.painted(5))
    send(client, factories.painted(6))

    assert fair_queue.waiting() == len(messages) == 2
    assert broker.waiting() == [(task_names.ANSWER, [])] * 2
