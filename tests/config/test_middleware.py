"""What is too large to be sent is refused by its stated length, before it is read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db

MIB = 2**20


@pytest.fixture(autouse=True)
def limit(settings) -> None:
    settings.KINDRED_SEARCH_LIMIT_MIB = 1


def claim(client: Client, address: str, size_bytes: int):
    """Says that so many bytes come; fewer do, so that whoever reads them all fails."""
    return client.post(address, {"q": "x"}, CONTENT_LENGTH=str(size_bytes))


@pytest.mark.parametrize("address", ["/search/picture/", "/login/", "/browse/"])
def test_a_body_beyond_the_limit_gets_one_sentence_unread(address: str):
    answer = claim(Client(enforce_csrf_checks=True), address, 2 * MIB + 1)

    assert answer.status_code == 413
    assert answer.text == "This is more than can be sent at once; at most 1 MiB are accepted.\n"


def test_the_api_says_it_in_json(client: Client):
    answer = claim(client, "/api/v1/search/picture", 2 * MIB + 1)

    assert answer.status_code == 413
    assert answer.json() == {"detail": "This is more than can be sent at once; at most 1 MiB are accepted."}


def test_what_is_only_a_little_too_large_is_told_so_by_the_page_itself(client: Client):
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


@pytest.mark.parametrize("stated", ["", "many"])
def test_a_length_that_makes_no_sense_is_no_error(client: Client, stated: str):
    assert client.get("/browse/", CONTENT_LENGTH=stated).status_code == 200
