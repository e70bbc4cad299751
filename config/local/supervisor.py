"""Start the programs of one run, restart those that die, and stop them together."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.local.console import Console
from config.local.errors import LocalStackError
from config.local.processes import dies_with_parent

GRACE_S = 15.0
PAUSES_S = (0.5, 1.0, 2.0, 4.0)
DEATHS_LIMIT = 5
DEATHS_WINDOW_S = 60.0
TAIL_LINES = 15


@dataclass(frozen=True)
class Program:
    name: str
    words: Sequence[str]


@dataclass
class Child:
    """A program and its process. Without a process, `restart_at` is when it starts again, on time.monotonic's clock."""

    program: Program
    process: "subprocess.Popen[bytes] | None" = None
    restart_at: float = 0.0
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_LIMIT))


class Supervisor:
    """The programs of one run. Each has a process group of its own, so that Ctrl-C reaches only the supervisor."""

    def __init__(self, folder: Path, logs: Path, environment: Mapping[str, str], console: Console) -> None:
        self.folder = folder
        self.logs = logs
        self.environment = environment
        self.console = console
        self.children: list[Child] = []

    def start(self, program: Program) -> None:
        """Start a program. Its output goes to logs/<name>.log."""
        child = Child(program)
        self.children.append(child)
        self.launch(child)

    def launch(self, child: Child) -> None:
        with self.log(child.program).open("ab") as log:
            child.process = self.spawn(child.program.words, log.fileno())

    def run(self, words: Sequence[str]) -> "subprocess.Popen[bytes]":
        """Start a command that ends by itself and writes to this terminal. The caller waits for it."""
        process = self.spawn(words, None)
        self.children.append(Child(Program("", words), process, restart_at=float("inf")))
        return process

    def spawn(self, words: Sequence[str], output: int | None) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            words, cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True, preexec_fn=dies_with_parent(signal.SIGTERM),
        )  # fmt: skip

    def log(self, program: Program) -> Path:
        return self.logs / f"{program.name}.log"

    def tick(self) -> None:
        """Check every program once, and restart those that died. Raise LocalStackError if one keeps dying."""
        for child in self.children:
            if child.restart_at == float("inf"):
                continue
            if child.process is not None and child.process.poll() is not None:
                self.schedule_restart(child, child.process.returncode)
            if child.process is None and time.monotonic() >= child.restart_at:
                self.launch(child)

    def schedule_restart(self, child: Child, code: int) -> None:
        """Restart a program that died after a pause. Raise LocalStackError if it died too often."""
        name, log, now = child.program.name, self.log(child.program), time.monotonic()
        if child.process is not None:
            kill_group(child.process)  # its children would disturb the new process
        child.process = None
        child.deaths.append(now)
        recent = sum(now - death < DEATHS_WINDOW_S for death in child.deaths)
        if recent >= DEATHS_LIMIT:
            raise LocalStackError(
                f"{tail(log)}\n\n{name} died {DEATHS_LIMIT} times within a minute; the end of {log} is above."
            )
        pause_s = PAUSES_S[recent - 1]
        child.restart_at = now + pause_s
        cause = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        self.console.line(f"{name} stopped ({cause}) and starts again in {pause_s:g} s; its log is {log}.")

    def stop(self) -> None:
        """Ask all programs to stop, the last one first. Kill them after GRACE_S."""
        running = [child.process for child in reversed(self.children) if child.process is not None]
        for process in running:
            process.terminate()  # only the first process of its group, which lets its workers finish
        until = time.monotonic() + GRACE_S
        try:
            for process in running:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, until - time.monotonic()))
        finally:  # also after a second Ctrl-C
            for process in running:
                kill_group(process)
                process.wait()
        self.children.clear()


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill the children of a program, and the program itself if it still runs."""
    with suppress(ProcessLookupError, PermissionError):  # no process is left
        os.killpg(process.pid, signal.SIGKILL)


def tail(log: Path) -> str:
    """Return the last TAIL_LINES lines of a log, or an empty string if there is none."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-TAIL_LINES:])
