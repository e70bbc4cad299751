"""Start a process that uses the local servers of a home, as a command of manage.py does."""

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
    """A process that uses one server. `url` is empty if the server did not start. `errors` is what the process wrote to
    stderr, known once it has ended.
    """

    process: "subprocess.Popen[str]"
    url: str
    errors: str = ""

    def leave(self) -> None:
        _, self.errors = self.process.communicate()


@contextmanager
def joined(home: Path, server: str = "redis") -> Iterator[Joined]:
    """Yield a process that uses one server ("redis" or "database") of a home. It stops using it at the end."""
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


def refusal_of(home: Path, server: str = "redis") -> str:
    """Return the error of a process that cannot use a server."""
    with joined(home, server) as user:
        user.leave()
    assert not user.url
    assert user.process.returncode == 1
    return user.errors
