"""A request that is too large is refused by its Content-Length, before its body is read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db

MIB = 2**20


@pytest.fixture(autouse=True)
def limit(settings) -> None:
    settings.KINDRED_SEARCH_LIMIT_MIB = 1


def post_with_length(client: Client, address: str, size_bytes: int):
    """Post a short body with a larger Content-Length, so that reading the whole body would fail."""
    return client.post(address, {"q": "x"}, CONTENT_LENGTH=str(size_bytes))


@pytest.mark.parametrize("address", ["/search/picture/", "/login/", "/browse/"])
def test_a_body_over_the_limit_is_refused_with_one_sentence_and_not_read(address: str):
    answer = post_with_length(Client(enforce_csrf_checks=True), address, 2 * MIB + 1)

    assert answer.status_code == 413
    assert answer.text == "This is more than can be sent at once; at most 1 MiB are accepted.\n"


def test_the_api_refuses_it_in_json(client: Client):
    answer = post_with_length(client, "/api/v1/search/picture", 2 * MIB + 1)

    assert answer.status_code == 413
    assert answer.json() == {"detail": "This is more than can be sent at once; at most 1 MiB are accepted."}


def test_a_picture_slightly_over_the_limit_is_refused_on_the_page(client: Client):
    picture = SimpleUploadedFile("mine.jpg", bytes(MIB + 1), "image/jpeg")

    answer = client.post("/search/picture/", {"picture": picture})

    assert answer.status_code == 422
    assert "at most 1 MiB are accepted" in answer.text


def test_curators_may_send_more_than_visitors(client: Client):
    collection = factories.a_collection()
    client.force_login(factories.a_user(curates=collection))
    letters = SimpleUploadedFile("letter.jpg", b"Dear museum" * 300_000, "image/jpeg")

    answer = client.post(f"/collections/{collection.slug}/upload/", {"files": letters})

    assert answer.status_code != 413


@pytest.mark.parametrize("length", ["", "many"])
def test_a_malformed_length_is_no_error(client: Client, length: str):
    assert client.get("/browse/", CONTENT_LENGTH=length).status_code == 200
