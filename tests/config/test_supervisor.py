"""The programs of one run are restarted when they die, and none outlives the run."""

import io
import os
import subprocess
import sys
import time

import psutil
import pytest

from config.local import supervisor as module
from config.local.console import Console
from config.local.errors import LocalStackError
from config.local.supervisor import Program, Supervisor
from tests.config.joining import ROOT

LIMIT_S = 20
SLEEPER = "import sys, time; print('up', flush=True); time.sleep(600)"
IGNORES_SIGTERM = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"

PARENT = (
    "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print(child.pid, flush=True); child.wait()"
)
RUN = """
import os, sys, time
from pathlib import Path
from config.local.console import Console
from config.local.supervisor import Program, Supervisor
supervisor = Supervisor(Path("."), Path(sys.argv[1]), os.environ, Console())
supervisor.start(Program("sleeper", [sys.executable, "-c", sys.argv[2]]))
print(supervisor.children[0].process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def output():
    return io.StringIO()


@pytest.fixture
def supervisor(tmp_path, output):
    made = Supervisor(tmp_path, tmp_path, os.environ, Console(output))
    yield made
    made.stop()


def python(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-c", code])


def wait_for(condition):
    until = time.monotonic() + LIMIT_S
    while not (found := condition()):
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.01)
    return found


def test_a_program_writes_to_its_own_log(supervisor, tmp_path):
    supervisor.start(python("sleeper", SLEEPER))

    assert wait_for(lambda: (tmp_path / "sleeper.log").read_text()) == "up\n"


def test_stopping_ends_every_program_and_its_children(supervisor, tmp_path):
    supervisor.start(python("sleeper", SLEEPER))
    supervisor.start(python("parent", PARENT))
    programs = [psutil.Process(child.process.pid) for child in supervisor.children]
    grandchild = psutil.Process(int(wait_for(lambda: (tmp_path / "parent.log").read_text())))

    supervisor.stop()

    assert not any(process.is_running() for process in programs)
    grandchild.wait(LIMIT_S)


def test_a_program_that_ignores_sigterm_is_killed(supervisor, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "GRACE_S", 0.1)
    supervisor.start(python("stubborn", IGNORES_SIGTERM))
    wait_for(lambda: (tmp_path / "stubborn.log").read_text())
    process = psutil.Process(supervisor.children[0].process.pid)

    supervisor.stop()

    assert not process.is_running()


def test_a_program_that_dies_is_started_again_with_a_line_on_the_console(supervisor, output, monkeypatch):
    monkeypatch.setattr(module, "PAUSES_S", (0.0,) * 4)
    supervisor.start(python("sleeper", SLEEPER))
    first = supervisor.children[0].process

    first.kill()
    first.wait()
    supervisor.tick()

    assert supervisor.children[0].process.pid != first.pid
    assert output.getvalue().startswith("sleeper stopped (SIGKILL) and starts again in 0 s; its log is ")


def test_a_program_that_keeps_dying_ends_the_run_with_the_end_of_its_log(supervisor, monkeypatch):
    monkeypatch.setattr(module, "PAUSES_S", (0.0,) * 4)
    supervisor.start(python("broken", "raise SystemExit('no such setting')"))

    with pytest.raises(LocalStackError, match=r"(?s)no such setting.*broken died 5 times within a minute"):
        wait_for(lambda: supervisor.tick())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_no_program_outlives_a_killed_supervisor(tmp_path):
    words = [sys.executable, "-c", RUN, str(tmp_path), SLEEPER]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        child = psutil.Process(int(run.stdout.readline()))

        run.kill()

        child.wait(LIMIT_S)
