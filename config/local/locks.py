"""Advisory file locks. The kernel releases a lock when its process ends, also after kill -9, so none is left behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.local.errors import LocalStackError


@dataclass(frozen=True)
class Lockfiles:
    """The lock files of one server."""

    folder: Path
    server: str

    @property
    def start_lock(self) -> Path:
        """Return the lock that a process holds while it starts, joins or stops the server."""
        return self.folder / f"{self.server}.start.lock"

    @property
    def users_lock(self) -> Path:
        """Return the lock that all processes share that use the server."""
        return self.folder / f"{self.server}.users.lock"

    @property
    def daemon_lock(self) -> Path:
        """Return the lock that the server's daemon holds while it runs."""
        return self.folder / f"{self.server}.daemon.lock"

    @property
    def earlier_daemon_lock(self) -> Path:
        """Return the lock that daemons of development versions before the first release hold instead."""
        return self.folder / f"{self.server}.keeper.lock"

    @property
    def state(self) -> Path:
        """Return the path of the ServerState that the daemon writes once the server answers."""
        return self.folder / f"{self.server}.json"


def hold(path: Path) -> int:
    """Wait for an exclusive lock. Return the descriptor that holds it."""
    return open_locked(path, fcntl.LOCK_EX)


def share(path: Path) -> int:
    """Wait for a shared lock. Return the descriptor that holds it."""
    return open_locked(path, fcntl.LOCK_SH)


def try_hold(path: Path) -> int | None:
    """Return a descriptor with an exclusive lock, or None if another process holds the lock."""
    try:
        return open_locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


def is_free(path: Path) -> bool:
    """Return True if no process holds or shares the lock."""
    fd = try_hold(path)
    if fd is not None:
        os.close(fd)
    return fd is not None


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold an exclusive lock within the block. Wait for it."""
    fd = hold(path)
    try:
        yield
    finally:
        os.close(fd)


def open_locked(path: Path, operation: int) -> int:
    """Lock a file and return its descriptor. Closing the descriptor unlocks the file.

    Raise BlockingIOError if another process holds the lock, or LocalStackError if the home belongs to another user.
    """
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
