"""Without nginx in front, the site compresses its pages itself."""

import gzip

import pytest
from django.http import HttpResponse

from config.serving.compression import CompressPages

ASKING = {"Accept-Encoding": "gzip"}
TEXT = b"A work among others. " * 200


def answered(rf, kind: str) -> HttpResponse:
    return CompressPages(lambda _: HttpResponse(TEXT, content_type=kind))(rf.get("/", headers=ASKING))


@pytest.mark.django_db
def test_a_page_is_compressed_for_browsers_that_ask_for_it(client):
    plain = client.get("/browse/")
    small = client.get("/browse/", headers=ASKING)

    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    assert gzip.decompress(small.content) == plain.content
    assert len(small.content) < len(plain.content) / 2


def test_answers_of_the_api_are_compressed_and_pictures_are_sent_as_they_are(rf):
    assert gzip.decompress(answered(rf, "application/json; charset=utf-8").content) == TEXT
    assert answered(rf, "image/jpeg").content == TEXT


def test_nginx_compresses_pages_where_it_is_in_front(client, settings, db):
    settings.KINDRED_PICTURE_SERVER = "nginx"
    client.handler.load_middleware()

    assert "Content-Encoding" not in client.get("/browse/", headers=ASKING)
