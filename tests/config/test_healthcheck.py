"""The health check of the web container."""

import importlib.util
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.config.joining import ROOT


@pytest.fixture
def healthcheck():
    spec = importlib.util.spec_from_file_location("healthcheck", ROOT / "docker" / "healthcheck.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def start_server():
    """A function that starts a server. It returns the port, and a list of the hosts and paths requested later."""
    servers = []

    def start(status: HTTPStatus) -> tuple[int, list[str]]:
        hosts: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hosts.append(f"{self.headers['Host']}{self.path}")
                self.send_response(status)
                self.end_headers()

            def log_message(self, *words: object) -> None: ...

        server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server.server_port, hosts

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("hosts", "requested"),
    [("art.example.org,other", "art.example.org"), (".example.org", "example.org"), ("*", "localhost")],
)
def test_the_health_check_requests_a_host_of_the_site(healthcheck, start_server, monkeypatch, hosts, requested):
    monkeypatch.setenv("KINDRED_HOSTS", hosts)
    port, seen = start_server(HTTPStatus.OK)

    assert healthcheck.main(port) is None
    assert seen == [f"{requested}/healthz"]


def test_a_failing_or_missing_site_is_not_healthy(healthcheck, start_server):
    port, _ = start_server(HTTPStatus.SERVICE_UNAVAILABLE)

    assert healthcheck.main(port) == "answered 503"
    assert "no answer" in healthcheck.main(port=1)
