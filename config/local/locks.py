"""Advisory locks on files. They end with their process, however it ends, so none can be left behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.local.errors import LocalStackError


@dataclass(frozen=True)
class Lockfiles:
    """The locks of one server: `door` is held to start, join or stop it; `users` is shared by all processes
    that use it; `keeper` is held by the one process that runs it."""

    folder: Path
    server: str

    @property
    def door(self) -> Path:
        return self.folder / f"{self.server}.door.lock"

    @property
    def users(self) -> Path:
        return self.folder / f"{self.server}.users.lock"

    @property
    def keeper(self) -> Path:
        return self.folder / f"{self.server}.keeper.lock"

    @property
    def state(self) -> Path:
        """JSON written by the keeper once the server answers: its address, and its socket's folder."""
        return self.folder / f"{self.server}.json"


def hold(path: Path) -> int:
    """A descriptor that has the lock alone; waits for it."""
    return locked(path, fcntl.LOCK_EX)


def share(path: Path) -> int:
    """A descriptor that has the lock together with others; waits for those who have it alone."""
    return locked(path, fcntl.LOCK_SH)


def try_hold(path: Path) -> int | None:
    """A descriptor that has the lock alone, or None where another process has it."""
    try:
        return locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


def is_free(path: Path) -> bool:
    fd = try_hold(path)
    if fd is not None:
        os.close(fd)
    return fd is not None


@contextmanager
def held(path: Path) -> Iterator[None]:
    fd = hold(path)
    try:
        yield
    finally:
        os.close(fd)


def locked(path: Path, operation: int) -> int:
    """Closing the descriptor unlocks. Raises BlockingIOError, and LocalStackError in a foreign home."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        home = path.parent.parent
        raise LocalStackError(
            f"{home} belongs to another user; start as that user or set KINDRED_HOME to a folder of your own."
        ) from None
    try:
        fcntl.flock(fd, operation)
    except BaseException:
        os.close(fd)
        raise
    return fd
