"""A process that uses the embedded servers of some home, as a manage.py command does."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = """
import sys
from config import env, local
local.attach()
print(env.read().{server}_url, flush=True)
sys.stdin.read()
"""
UNUSED = {"database": "postgresql://nowhere/unused", "redis": "redis://nowhere/unused"}


@dataclass
class Joined:
    """`url` is empty where the servers did not start; `said` is known once the process has ended."""

    process: "subprocess.Popen[str]"
    url: str
    said: str = ""

    def leave(self) -> None:
        _, self.said = self.process.communicate()


@contextmanager
def joined(home: Path, server: str = "redis") -> Iterator[Joined]:
    """A process that has joined one server ("redis" or "database") of a home, and leaves it at the end."""
    other = "redis" if server == "database" else "database"
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    environment |= {"KINDRED_HOME": str(home), f"{other}_url".upper(): UNUSED[other]}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    words = [sys.executable, "-c", PROGRAM.format(server=server)]
    with subprocess.Popen(words, cwd=ROOT, env=environment, text=True, **pipes) as process:
        assert process.stdout
        user = Joined(process, process.stdout.readline().strip())
        try:
            yield user
        finally:
            if process.returncode is None:
                user.leave()


def sentence(home: Path, server: str = "redis") -> str:
    """What a process says that cannot join."""
    with joined(home, server) as user:
        user.leave()
    assert not user.url
    assert user.process.returncode == 1
    return user.said
