"""One run of the site on one machine."""

import io
import os
from pathlib import Path

import pytest

from config.local.console import Console
from config.local.errors import LocalStackError
from config.local.supervisor import Program, Supervisor
from config.management.commands import runlocal

CLOSED_PORT = 1
MANAGE = "import sys; sys.exit(7 if sys.argv[1] == {failing!r} else 0)"
SLEEPER = "import time; time.sleep(600)"


@pytest.fixture
def run(tmp_path: Path, monkeypatch):
    """A run whose database is ready, and whose programs do nothing."""
    console = Console(io.StringIO())
    supervisor = Supervisor(tmp_path, tmp_path, os.environ, console)
    monkeypatch.setattr(runlocal, "call_command", lambda *_, **__: None)
    monkeypatch.setattr(runlocal.logins, "ensure", lambda *_: [])
    monkeypatch.setattr(runlocal.Run, "collection", lambda _: None)
    monkeypatch.setattr(runlocal, "programs", sleepers)
    yield runlocal.Run(console, supervisor, CLOSED_PORT, None)
    supervisor.stop()


def sleepers(port: int) -> dict[str, Program]:
    names = ("web", "work", "beat", "embed")
    return {name: Program(name, [runlocal.sys.executable, "-c", SLEEPER]) for name in names}


def test_a_run_without_a_network_stops_with_a_sentence(run: runlocal.Run, tmp_path: Path):
    (tmp_path / "manage.py").write_text(MANAGE.format(failing="open_spaces"))

    with pytest.raises(LocalStackError, match="no network to compare pictures with"):
        run.go()

    assert "embed" not in [child.program.name for child in run.supervisor.children]


def test_a_run_goes_on_where_a_picture_was_refused(run: runlocal.Run, tmp_path: Path, monkeypatch):
    (tmp_path / "manage.py").write_text(MANAGE.format(failing="load_study"))
    waited: list[bool] = []
    monkeypatch.setattr(run, "wait_until_ready", lambda: waited.append(True))
    monkeypatch.setattr(run, "look", lambda: stop_once(waited))

    with pytest.raises(KeyboardInterrupt):
        run.go()

    assert waited


def stop_once(waited: list[bool]) -> None:
    if waited:
        raise KeyboardInterrupt
