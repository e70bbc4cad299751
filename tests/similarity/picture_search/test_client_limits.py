"""One client who searches without end is asked to wait, and takes no place from others."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from collection import clients
from similarity.explain import next_question
from similarity.image_query import client_limits, searches
from similarity.workers import ephemeral, fair_queue
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
    waiting_searches(client, fair_queue.CLIENT_LIMIT)

    refused = send(client, factories.painted(5))
    other = send(Client(REMOTE_ADDR="192.0.2.7"), factories.painted(5))

    assert (refused.status_code, int(refused["Retry-After"])) == (429, client_limits.WAITING_RETRY_S)
    assert "Other searches from your address are still waiting" in refused.text
    assert other.status_code == 302


def test_a_search_that_was_answered_or_refused_waits_no_more(client: Client, embedder):
    waiting_searches(client, fair_queue.CLIENT_LIMIT - 1)
    next_question.answer(lambda _: embedder)
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
    monkeypatch.setattr(fair_queue, "CLIENT_LIMIT", 0)

    answer = send_by_htmx(client, factories.painted(5))

    assert answer.status_code == 429
    assert "<html" not in answer.text
    assert "still waiting" in answer.text
    assert "429" in client.get("/search/picture/").text.split("htmx-config")[1].split(">")[0]  # htmx shows it


@pytest.mark.parametrize("path", ["/search/picture/", "/api/v1/search/picture"])
def test_a_search_over_the_limits_is_refused_before_its_form_is_read(monkeypatch, path: str):
    monkeypatch.setattr(fair_queue, "CLIENT_LIMIT", 0)
    body = io.BytesIO(100_000 * b"no form")
    size = len(body.getvalue())

    answer = Client(enforce_csrf_checks=True).generic(
        "POST", path, "-", "multipart/form-data; boundary=b", **{"wsgi.input": body, "CONTENT_LENGTH": str(size)}
    )

    assert answer.status_code == 429
    assert "still waiting" in answer.text
    assert body.tell() == size  # a proxy could send all of it


def test_programs_are_told_the_same(client: Client, monkeypatch):
    monkeypatch.setattr(fair_queue, "CLIENT_LIMIT", 0)
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
        queued = b" ".join(redis.hvals(fair_queue.KEY))
    assert keys
    assert queued
    assert b"192.0.2" not in keys + queued


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("", ""),
    ],
)
def test_a_network_is_the_24_or_48_bits_before_an_address(client: str, network: str):
    assert clients.network_of(client) == network


def test_a_network_may_begin_only_so_many_searches_a_minute_from_all_its_addresses(monkeypatch):
    monkeypatch.setattr(client_limits, "NETWORK_PER_MINUTE", 2)
    monkeypatch.setattr(client_limits, "MINUTE_S", 100_000_000)  # the test is over before it is
    for last in (1, 2):
        send(Client(REMOTE_ADDR=f"203.0.113.{last}"), b"Dear museum")

    refused = send(Client(REMOTE_ADDR="203.0.113.3"), factories.painted(5))
    other = send(Client(REMOTE_ADDR="198.51.100.3"), factories.painted(5))

    assert refused.status_code == 429
    assert "from your network" in refused.text
    assert other.status_code == 302


def test_refused_searches_of_one_client_use_up_nothing_of_its_network(monkeypatch):
    monkeypatch.setattr(client_limits, "PER_MINUTE", 1)
    monkeypatch.setattr(client_limits, "NETWORK_PER_MINUTE", 2)
    monkeypatch.setattr(client_limits, "MINUTE_S", 100_000_000)  # the test is over before it is
    for _ in range(5):
        send(Client(REMOTE_ADDR="203.0.114.1"), b"Dear museum")

    assert send(Client(REMOTE_ADDR="203.0.114.2"), factories.painted(5)).status_code == 302


def test_a_hundred_addresses_of_one_network_take_no_place_from_others(client: Client):
    answers = [send(Client(REMOTE_ADDR=f"203.0.115.{last}"), factories.painted(5)) for last in range(100)]
    other = send(client, factories.painted(5))

    assert [answer.status_code for answer in answers].count(302) == fair_queue.NETWORK_LIMIT
    assert "Other searches from your network are still waiting" in answers[-1].text
    assert other.status_code == 302


def test_a_displaced_search_is_refused_in_a_sentence(client: Client, monkeypatch):
    monkeypatch.setattr(fair_queue, "LIMIT", 3)
    addresses = [send(client, factories.painted(5)).url for _ in range(3)]

    send(Client(REMOTE_ADDR="198.51.100.3"), factories.painted(5))

    assert "too many others waited" in client.get(addresses[2]).text
    assert "Searching by your picture" in client.get(addresses[1]).text
