"""One client who searches without end is asked to wait, and takes no place from others."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from collection import clients
from similarity.image_query import answering, client_limits, searches
from similarity.workers import ephemeral
from tests import factories
from tests.similarity.picture_search.asking import send, send_by_htmx

pytestmark = pytest.mark.django_db


def waiting_searches(client: Client, count: int) -> list[str]:
    """Begin searches that no worker takes; return their tokens."""
    return [send(client, factories.painted(5)).url.split("/")[-2] for _ in range(count)]


def address_of(settings, forwarded: str, *, behind_proxy: bool, address: str = "10.0.0.1") -> str:
    settings.KINDRED_BEHIND_PROXY = behind_proxy
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=address)
    return clients.client_of(request)


def test_a_client_with_many_waiting_searches_is_asked_to_wait_and_others_are_not(client: Client):
    waiting_searches(client, client_limits.WAITING)

    refused = send(client, factories.painted(5))
    other = send(Client(REMOTE_ADDR="192.0.2.7"), factories.painted(5))

    assert (refused.status_code, int(refused["Retry-After"])) == (429, client_limits.WAITING_RETRY_S)
    assert "Other searches from your address are still waiting" in refused.text
    assert other.status_code == 302


def test_a_search_that_was_answered_or_refused_waits_no_more(client: Client, embedder):
    tokens = waiting_searches(client, client_limits.WAITING - 1)
    answering.answer(tokens[0], lambda _: embedder)
    for _ in range(3):
        assert send(client, b"Dear museum").status_code == 422

    assert send(client, factories.painted(5)).status_code == 302
    assert send(client, factories.painted(5)).status_code == 302
    assert send(client, factories.painted(5)).status_code == 429


def test_a_refused_search_leaves_nothing_behind(client: Client):
    send(client, b"Dear museum")

    with ephemeral.connect() as redis:
        assert list(redis.scan_iter(f"{searches.PREFIX}user:*")) == []
        assert list(redis.scan_iter(f"{searches.PREFIX}picture:*")) == []


def test_a_client_may_begin_only_so_many_searches_a_minute(client: Client, monkeypatch):
    monkeypatch.setattr(client_limits, "PER_MINUTE", 2)
    monkeypatch.setattr(client_limits, "MINUTE_S", 100_000_000)  # the test is over before it is
    for _ in range(2):
        send(client, b"Dear museum")

    refused = send(client, factories.painted(5))

    assert refused.status_code == 429
    assert "Too many searches" in refused.text
    assert int(refused["Retry-After"]) > 0


def test_beside_the_picture_the_sentence_stands_alone(client: Client, monkeypatch):
    monkeypatch.setattr(client_limits, "WAITING", 0)

    answer = send_by_htmx(client, factories.painted(5))

    assert answer.status_code == 429
    assert "<html" not in answer.text
    assert "still waiting" in answer.text
    assert "429" in client.get("/search/picture/").text.split("htmx-config")[1].split(">")[0]  # htmx shows it


def test_programs_are_told_the_same(client: Client, monkeypatch):
    monkeypatch.setattr(client_limits, "WAITING", 0)
    picture = SimpleUploadedFile("mine.jpg", factories.painted(5), "image/jpeg")

    answer = client.post("/api/v1/search/picture", {"picture": picture})

    assert (answer.status_code, answer["Retry-After"]) == (429, "5")
    assert "still waiting" in answer.json()["detail"]


def test_behind_a_proxy_the_client_is_the_address_that_the_proxy_saw(settings):
    forged = "203.0.113.9, 198.51.100.4"

    assert address_of(settings, forged, behind_proxy=True) == "198.51.100.4"
    assert address_of(settings, forged, behind_proxy=False) == "10.0.0.1"
    assert address_of(settings, "", behind_proxy=True) == "10.0.0.1"


def test_a_port_beside_the_address_does_not_make_another_client(settings):
    assert address_of(settings, "198.51.100.4:5678", behind_proxy=True) == "198.51.100.4"
    assert address_of(settings, "[2001:db8:1:2::1]:5678", behind_proxy=True) == "2001:db8:1:2::/64"


def test_the_ipv6_addresses_of_one_network_are_one_client(settings):
    one, other = (address_of(settings, "", behind_proxy=False, address=f"2001:db8:1:2::{n}") for n in (1, 2))
    elsewhere = address_of(settings, "", behind_proxy=False, address="2001:db8:1:3::1")

    assert one == other != elsewhere


def test_no_address_lies_in_redis(client: Client):
    waiting_searches(Client(REMOTE_ADDR="192.0.2.7"), 1)

    with ephemeral.connect() as redis:
        keys = b" ".join(redis.scan_iter(f"{client_limits.PREFIX}*"))
    assert keys
    assert b"192.0.2.7" not in keys
