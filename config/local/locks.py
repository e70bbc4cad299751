"""Advisory file locks. They end with their process, however it ends, so none is left behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.local.errors import LocalStackError


@dataclass(frozen=True)
class Lockfiles:
    """The locks of one server. `door` is the start lock, held to start, join or stop the server. All processes that use
    the server share `users`. Its daemon holds `keeper`."""

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
        """Return the path of the JSON that the daemon writes once the server answers: address and socket folder."""
        return self.folder / f"{self.server}.json"


def hold(path: Path) -> int:
    """Wait for an exclusive lock. Return the descriptor that holds it."""
    return locked(path, fcntl.LOCK_EX)


def share(path: Path) -> int:
    """Wait for a shared lock. Return the descriptor that holds it."""
    return locked(path, fcntl.LOCK_SH)


def try_hold(path: Path) -> int | None:
    """Return a descriptor with an exclusive lock, or None if another process holds the lock."""
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
    """Lock a file. Closing the descriptor unlocks it. Raise BlockingIOError, or LocalStackError in another's home."""
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
