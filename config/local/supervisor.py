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
    """A program with its process, or with the time of its restart if it has none."""

    program: Program
    process: "subprocess.Popen[bytes] | None" = None
    again_at: float = 0.0
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_LIMIT))


class Supervisor:
    """Runs each program in a process group of its own, so that only the supervisor passes Ctrl-C on."""

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
        self.children.append(Child(Program("", words), process, again_at=float("inf")))
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
        """Check every program once, and restart what has died. Raise LocalStackError if one keeps dying."""
        for child in self.children:
            if child.again_at == float("inf"):
                continue
            if child.process is not None and child.process.poll() is not None:
                self.note_death(child, child.process.returncode)
            if child.process is None and time.monotonic() >= child.again_at:
                self.launch(child)

    def note_death(self, child: Child, code: int) -> None:
        name, log, now = child.program.name, self.log(child.program), time.monotonic()
        if child.process is not None:
            end_group(child.process)  # its children would disturb the next process
        child.process = None
        child.deaths.append(now)
        recent = sum(now - death < DEATHS_WINDOW_S for death in child.deaths)
        if recent >= DEATHS_LIMIT:
            raise LocalStackError(
                f"{tail(log)}\n\n{name} died {DEATHS_LIMIT} times within a minute; above is the end of {log}."
            )
        pause_s = PAUSES_S[recent - 1]
        child.again_at = now + pause_s
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        self.console.line(f"{name} stopped ({how}) and starts again in {pause_s:g} s; its log is {log}.")

    def stop(self) -> None:
        """Ask all programs to stop, the last one first. Kill them after GRACE_S."""
        running = [child.process for child in reversed(self.children) if child.process is not None]
        for process in running:
            process.terminate()  # only the first process: it lets its own workers finish
        until = time.monotonic() + GRACE_S
        try:
            for process in running:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, until - time.monotonic()))
        finally:  # also if Ctrl-C comes again
            for process in running:
                end_group(process)
                process.wait()
        self.children.clear()


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill a program and its children, even if the program itself has ended."""
    with suppress(ProcessLookupError, PermissionError):  # no process is left
        os.killpg(process.pid, signal.SIGKILL)


def tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-TAIL_LINES:])
