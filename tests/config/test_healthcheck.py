"""What Docker is told of the web container's health."""

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
def answering():
    """-> start(status): the port of a server that answers so, and the Host headers it was asked under."""
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
    ("hosts", "asked"),
    [("art.example.org,other", "art.example.org"), (".example.org", "example.org"), ("*", "localhost")],
)
def test_health_is_asked_under_a_name_that_the_site_goes_by(healthcheck, answering, monkeypatch, hosts, asked):
    monkeypatch.setenv("KINDRED_HOSTS", hosts)
    port, seen = answering(HTTPStatus.OK)

    assert healthcheck.main(port) is None
    assert seen == [f"{asked}/healthz"]


def test_a_site_that_is_ill_or_gone_is_not_called_healthy(healthcheck, answering):
    port, _ = answering(HTTPStatus.SERVICE_UNAVAILABLE)

    assert healthcheck.main(port) == "answered 503"
    assert "no answer" in healthcheck.main(port=1)
