"""Use the servers of a home. The first process starts the daemon of each server. A daemon ends after its last user."""

import atexit
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from config import env
from config.local import locks, server_state
from config.local.errors import LocalStackError
from config.local.locks import Lockfiles
from config.local.server_state import ServerState

BASE = Path(__file__).resolve().parent.parent.parent
START_LIMIT_S = 180  # recovery after a crash replays up to a gigabyte of log
STOP_LIMIT_S = 30


@dataclass
class Handle:
    """One server that this process uses. The kernel releases the shared lock `users_lock` even after kill -9."""

    files: Lockfiles
    users_lock: int  # a descriptor
    owner_pid: int
    daemon: "subprocess.Popen[str] | None"  # kept, as Python warns if it deletes the Popen of a running child


handles: list[Handle] = []


def attach() -> None:
    """Make sure that PostgreSQL and Redis run for this process. Set DATABASE_URL and REDIS_URL if unset.

    Raise LocalStackError if a server cannot be started or joined.
    """
    settings = env.read()
    wanted = {"postgres": settings.database_url, "redis": settings.redis_url}
    run = make_run_folder(settings.home)
    needed = [Lockfiles(run, server) for server, url in wanted.items() if url is None]
    for files in needed:
        refuse_earlier_version(files)
    joining = [Joining(files) for files in needed]
    try:
        urls = {each.files.server: each.finish() for each in joining}
    finally:
        for each in joining:
            each.close()
    if "postgres" in urls:
        env.export(DATABASE_URL=urls["postgres"])
    if "redis" in urls:
        env.export(REDIS_URL=urls["redis"])


def make_run_folder(home: Path) -> Path:
    """Create the folders for lock files and logs, and return the first. Raise LocalStackError if that is impossible."""
    run = home / "run"
    try:
        run.mkdir(parents=True, exist_ok=True)
        (home / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise LocalStackError(
            f"KINDRED_HOME is {home}, where no folder can be made ({error.strerror}); name another one."
        ) from None
    return run


def refuse_earlier_version(files: Lockfiles) -> None:
    """Raise LocalStackError if a daemon of an earlier version runs the server.

    Two daemons would stop each other's PostgreSQL, and two Redis servers would write to one file.
    """
    if files.earlier_daemon_lock.exists() and not locks.is_free(files.earlier_daemon_lock):
        raise LocalStackError(
            f"An earlier version of Kindred still runs {files.server} on {files.folder.parent}; "
            "stop its commands (such as make demo) first."
        )


class Joining:
    """One server that this process starts or joins.

    A missing daemon is started at once, so that two servers start in parallel.
    """

    def __init__(self, files: Lockfiles) -> None:
        self.files = files
        self.start_lock: int | None = locks.hold(files.start_lock)
        self.users_lock = locks.share(files.users_lock)
        self.daemon: subprocess.Popen[str] | None = None
        daemon_lock = locks.try_hold(files.daemon_lock)
        if daemon_lock is not None:
            files.state.unlink(missing_ok=True)
            self.daemon = start_daemon(files, daemon_lock)
            os.close(daemon_lock)

    def finish(self) -> str:
        """Wait until the server answers, and return its address. Raise LocalStackError with the daemon's sentence."""
        state = wait_for_state(self.files) if self.daemon is None else read_state(self.daemon)
        for note in state.notes:
            print(note, file=sys.stderr)
        if not handles:
            atexit.register(leave)
        handles.append(Handle(self.files, os.dup(self.users_lock), os.getpid(), self.daemon))
        return state.url

    def close(self) -> None:
        """Release the start lock, so that other processes can join. Safe to call twice."""
        if self.start_lock is not None:
            os.close(self.users_lock)
            os.close(self.start_lock)
            self.start_lock = None


def start_daemon(files: Lockfiles, daemon_lock: int) -> "subprocess.Popen[str]":
    """Start the daemon in a session of its own, where Ctrl-C does not reach it. It inherits its lock."""
    home = files.folder.parent
    with (home / "logs" / "daemon.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "config.local.server_daemon", files.server, str(home), str(daemon_lock)],
            cwd=BASE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
            start_new_session=True, pass_fds=[daemon_lock],
        )  # fmt: skip


def read_state(daemon: "subprocess.Popen[str]") -> ServerState:
    """Wait for the line that a daemon writes to its output. Raise LocalStackError if its server did not start."""
    assert daemon.stdout is not None
    with daemon.stdout as pipe:
        line = pipe.readline()
    if not line:
        raise LocalStackError("The local servers did not start; logs/daemon.log in KINDRED_HOME says why.")
    state = server_state.from_line(line)
    if state.error:
        daemon.wait()
        raise LocalStackError(state.error)
    return state


def wait_for_state(files: Lockfiles) -> ServerState:
    """Return the state that a daemon of another process has written. The daemon may still be starting its server."""
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        if files.state.exists():
            return server_state.from_line(files.state.read_text())
        if locks.is_free(files.daemon_lock):
            break
        time.sleep(0.05)
    raise LocalStackError(f"The local {files.server} server did not start; try again.")


def leave() -> None:
    """Stop using the servers. Wait until the servers that no other process uses have ended. Safe to call twice."""
    mine = [handle for handle in handles if handle.owner_pid == os.getpid()]
    handles.clear()
    ending = [handle.files for handle in mine if release(handle)]
    until = time.monotonic() + STOP_LIMIT_S
    for files in ending:
        while not locks.is_free(files.daemon_lock) and time.monotonic() < until:
            if not locks.is_free(files.users_lock):  # another process uses the server now
                break
            time.sleep(0.02)


def release(handle: Handle) -> bool:
    """Stop using one server. Return True if no other process uses it."""
    with locks.held(handle.files.start_lock):
        os.close(handle.users_lock)
        return locks.is_free(handle.files.users_lock)
