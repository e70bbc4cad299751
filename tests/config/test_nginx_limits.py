"""A real nginx with docker/nginx.conf keeps floods away from the site, by address and by network."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest

from tests.config import nginx_site

SEARCH = "/search/picture/"
FLOOD = 200  # requests; far more than the limits admit while they last


class Site(BaseHTTPRequestHandler):
    """Answers 200 to everything."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of nginx, which forwards to a small site and believes the addresses that the client reports."""
    with nginx_site.proxied(Site, tmp_path) as client:
        yield client


def post(proxy: httpx.Client, address: str, path: str = SEARCH) -> httpx.Response:
    return proxy.post(path, headers={"X-Forwarded-For": address}, content=b"picture")


@pytest.mark.parametrize("path", [SEARCH, "/api/v1/search/picture"])
def test_a_flood_from_one_address_is_refused_and_its_neighbours_are_not(proxy: httpx.Client, path: str):
    flood = [post(proxy, "198.51.100.7", path) for _ in range(FLOOD)]
    neighbour = post(proxy, "198.51.100.8", path)
    page = proxy.get(SEARCH, headers={"X-Forwarded-For": "198.51.100.7"})

    refused = [answer for answer in flood if answer.status_code == 429]
    assert 20 <= FLOOD - len(refused) < FLOOD
    assert "Too many searches" in refused[0].text
    assert refused[0].headers["Retry-After"] == "60"
    assert (neighbour.status_code, page.status_code) == (200, 200)


@pytest.mark.parametrize(
    ("addresses", "inside", "outside"),
    [
        ([f"198.51.100.{last}" for last in range(1, 101)], "198.51.100.200", "198.51.101.200"),
        ([f"2001:db8:1:{last:x}::5" for last in range(1, 101)], "2001:db8:1:ffff::5", "2001:db8:2:ffff::5"),
    ],
)
def test_a_flood_from_a_hundred_addresses_of_one_network_is_refused_and_others_are_not(
    proxy: httpx.Client, addresses: list[str], inside: str, outside: str
):
    flood = [post(proxy, address).status_code for _ in range(FLOOD // 100) for address in addresses]
    of_network = {post(proxy, inside).status_code for _ in range(20)}

    assert 60 <= flood.count(200) < FLOOD
    assert 429 in of_network
    assert post(proxy, outside).status_code == 200


@pytest.mark.parametrize("path", ["/login/", "/account/password/", "/account/password/reset/"])
def test_tries_to_sign_in_or_to_reset_are_limited_by_address(proxy: httpx.Client, path: str):
    flood = [post(proxy, "198.51.100.7", path) for _ in range(20)]
    neighbour = post(proxy, "198.51.100.8", path)
    page = proxy.get(path, headers={"X-Forwarded-For": "198.51.100.7"})

    refused = [answer for answer in flood if answer.status_code == 429]
    assert 10 <= len(flood) - len(refused) < 20
    assert "Too many tries to sign in" in refused[0].text
    assert (neighbour.status_code, page.status_code) == (200, 200)


@pytest.mark.parametrize("path", ["/login/", "/account/password/reset/"])
def test_tries_from_a_hundred_addresses_of_one_network_are_limited(proxy: httpx.Client, path: str):
    flood = [post(proxy, f"198.51.100.{last}", path).status_code for last in range(1, 101)]

    assert 30 <= flood.count(200) < 100
    assert post(proxy, "198.51.101.1", path).status_code == 200


def tile(proxy: httpx.Client, address: str, number: int) -> httpx.Response:
    path = f"/iiif/3/1/0,0,{number + 1},512/max/0/default.jpg"
    return proxy.get(path, headers={"X-Forwarded-For": address})


def test_all_tiles_that_a_viewer_loads_at_once_are_sent_and_a_flood_of_them_is_refused(proxy: httpx.Client):
    viewers = [tile(proxy, f"198.51.100.{last}", number) for last in range(2, 6) for number in range(50)]
    flood = [tile(proxy, "198.51.100.7", number) for number in range(8 * FLOOD)]
    neighbour = tile(proxy, "198.51.100.8", 1)
    page = proxy.get("/works/1/", headers={"X-Forwarded-For": "198.51.100.7"})

    refused = [answer for answer in flood if answer.status_code == 429]
    assert {answer.status_code for answer in viewers} == {200}
    assert 300 <= len(flood) - len(refused) < len(flood)
    assert "Too many parts of pictures" in refused[0].text
    assert (refused[0].headers["Retry-After"], refused[0].headers["Access-Control-Allow-Origin"]) == ("5", "*")
    assert (neighbour.status_code, page.status_code) == (200, 200)


def test_a_flood_of_requests_for_tiles_from_many_addresses_of_one_network_is_refused(proxy: httpx.Client):
    flood = [tile(proxy, f"198.51.100.{number % 250}", number).status_code for number in range(15 * FLOOD)]

    assert 1_000 <= flood.count(200) < len(flood)
    assert tile(proxy, "198.51.101.1", 1).status_code == 200


@pytest.mark.parametrize("path", ["/paths/1/2/", "/api/v1/paths/1/2", "/paths/surprise/"])
def test_a_flood_of_searches_for_paths_is_refused_and_suggestions_are_not(proxy: httpx.Client, path: str):
    flood = [proxy.get(path, headers={"X-Forwarded-For": "198.51.100.7"}) for _ in range(FLOOD)]
    neighbour = proxy.get(path, headers={"X-Forwarded-For": "198.51.100.8"})
    typing = proxy.get("/paths/suggestions/?q=a", headers={"X-Forwarded-For": "198.51.100.7"})

    refused = [answer for answer in flood if answer.status_code == 429]
    assert 20 <= FLOOD - len(refused) < FLOOD
    assert "Too many paths" in refused[0].text
    assert (neighbour.status_code, typing.status_code) == (200, 200)


def test_links_that_reset_a_password_are_not_in_the_access_log(proxy: httpx.Client, tmp_path: Path):
    proxy.get("/account/password/reset/key/1-abc-secret/")
    proxy.get("/account/password/reset/")
    proxy.get("/")  # the same connection: nginx has logged the requests before

    log = (tmp_path / "requests").read_text()
    assert "/account/password/reset/ " in log
    assert "secret" not in log
