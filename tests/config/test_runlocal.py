"""One run of the site on one machine. Its programs are small fakes. Database, accounts and files are real."""

import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

from collection.models import Collection
from config.local.console import Console
from config.local.errors import LocalStackError
from config.local.supervisor import Program, Supervisor
from config.management.commands.runlocal import Run, answers, programs
from tests import fakes
from tests.config.joining import ROOT

pytestmark = pytest.mark.django_db

MANAGE = "import sys; sys.exit(7 if sys.argv[1] == {failing!r} else 0)"
SLEEPER = "import time; time.sleep(600)"
SITE = """
import http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", {port}), Page).serve_forever()
"""


class Terminal(io.StringIO):
    """A terminal at which someone presses Ctrl-C once everything is ready."""

    def write(self, text: str) -> int:
        if "Everything is ready" in text:
            raise KeyboardInterrupt
        return super().write(text)


@pytest.fixture
def run(tmp_path: Path, settings) -> Iterator[Run]:
    settings.KINDRED_HOME = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    console = Console(Terminal())
    supervisor = Supervisor(tmp_path, tmp_path, os.environ, console)
    run = Run(console, supervisor, free_port(), None)
    sources = {"web": SITE.format(port=run.port), "work": SLEEPER, "beat": SLEEPER, "embed": SLEEPER}
    run.programs = {name: Program(name, [sys.executable, "-c", source]) for name, source in sources.items()}
    yield run
    supervisor.stop()


HALF_A_REQUEST = (
    b"POST /login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\na="
)


def test_the_site_listens_on_this_machine_only():
    words = programs(8123)["web"].words

    assert [word for word in words if ":8123" in word] == ["--listen=127.0.0.1:8123"]


def test_clients_that_never_finish_their_requests_do_not_stop_others(tmp_path: Path):
    port = free_port()
    environment = {**os.environ, "KINDRED_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    with ExitStack() as stack:
        site = stack.enter_context(subprocess.Popen(programs(port)["web"].words, env=environment, cwd=ROOT))
        stack.callback(site.terminate)
        while not answers(port):
            assert site.poll() is None
        for _ in range(20):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            slow.sendall(HALF_A_REQUEST)

        assert answers(port, timeout_s=30)


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def started(run: Run) -> list[str]:
    """Return the names of the running programs, in the order of their start. Commands of manage.py have no name."""
    return [child.program.name for child in run.supervisor.children if child.program.name]


def test_a_run_without_a_network_stops_with_a_sentence(run: Run, tmp_path: Path):
    (tmp_path / "manage.py").write_text(MANAGE.format(failing="open_spaces"))

    with pytest.raises(LocalStackError, match="no network to compare pictures with"):
        run.go()

    assert "embed" not in started(run)


def test_a_run_goes_on_where_a_picture_was_refused(run: Run, tmp_path: Path):
    fakes.opened(fakes.FakeEmbedder())  # as the embedding worker does
    (tmp_path / "manage.py").write_text(MANAGE.format(failing="load_study"))

    with pytest.raises(KeyboardInterrupt):
        run.go()

    output = run.console.stream.getvalue()
    assert "load_study ended with exit code 7" in output
    assert f"Kindred is at http://127.0.0.1:{run.port}/" in output
    assert started(run) == ["web", "work", "beat", "embed"]


def test_a_run_creates_a_collection_and_a_login_for_its_curator(run: Run, tmp_path: Path):
    fakes.opened(fakes.FakeEmbedder())
    (tmp_path / "manage.py").write_text(MANAGE.format(failing=""))

    with pytest.raises(KeyboardInterrupt):
        run.go()

    curator = get_user_model().objects.get(username="curator")
    assert list(Collection.objects.filter(curators=curator)) == [Collection.objects.get()]
    assert f"sign in as {run.logins[0]}" in run.console.stream.getvalue()
    assert curator.check_password(run.logins[0].password)
