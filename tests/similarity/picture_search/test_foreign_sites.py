"""A page of another site cannot use up the searches of its visitors."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from similarity.image_query import client_limits
from tests import factories
from tests.similarity.picture_search.asking import send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_search_a_minute(monkeypatch) -> None:
    monkeypatch.setattr(client_limits, "PER_MINUTE", 1)
    monkeypatch.setattr(client_limits, "MINUTE_S", 100_000_000)  # the test is over before it is


def send_from(origin: str, path: str = "/search/picture/", **headers: str):
    """Send a picture as a browser does for a form of a page of this origin."""
    picture = SimpleUploadedFile("mine.jpg", factories.painted(5), "image/jpeg")
    browser = Client(enforce_csrf_checks=True)
    return browser.post(path, {"picture": picture}, headers={"Origin": origin, **headers})


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "not an origin"])
def test_a_form_of_another_site_is_refused_and_counts_for_nothing(client: Client, origin: str):
    refused = [send_from(origin, **{"Sec-Fetch-Site": "cross-site"}).status_code for _ in range(3)]

    assert refused == [403, 403, 403]
    assert send(client, factories.painted(5)).status_code == 302


def test_a_program_that_only_claims_to_be_another_site_is_counted(client: Client):
    answers = [send_from("http://testserver", **{"Sec-Fetch-Site": "cross-site"}).status_code for _ in range(2)]

    assert answers == [403, 429]


def test_the_api_which_answers_other_sites_counts_their_searches_too():
    answers = [send_from("https://elsewhere.example", "/api/v1/search/picture").status_code for _ in range(2)]

    assert answers[1] == 429
