"""Use the servers of a home. The first process starts the daemon of a server; the daemon ends after the last."""

import atexit
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from config import env
from config.local import answer, locks
from config.local.answer import Answer
from config.local.errors import LocalStackError
from config.local.locks import Lockfiles

BASE = Path(__file__).resolve().parent.parent.parent
START_LIMIT_S = 180  # recovery after a crash replays up to a gigabyte of log
STOP_LIMIT_S = 30


@dataclass
class Handle:
    """The use of one server by this process. `users` is a shared file lock, which even kill -9 releases."""

    files: Lockfiles
    users: int
    owner: int
    keeper: "subprocess.Popen[str] | None"  # kept, as it is a child of this process


handles: list[Handle] = []


def attach() -> None:
    """Make sure that PostgreSQL and Redis run for this process. Set DATABASE_URL and REDIS_URL if unset.

    Raise LocalStackError.
    """
    settings = env.read()
    wanted = {"postgres": settings.database_url, "redis": settings.redis_url}
    run = make_run_folder(settings.home)
    joining = [Joining(Lockfiles(run, server)) for server, url in wanted.items() if url is None]
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
    run = home / "run"
    try:
        run.mkdir(parents=True, exist_ok=True)
        (home / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise LocalStackError(
            f"KINDRED_HOME is {home}, where no folder can be made ({error.strerror}); name another one."
        ) from None
    return run


class Joining:
    """The start of one server. Its daemon is started at once, so that two servers start side by side."""

    def __init__(self, files: Lockfiles) -> None:
        self.files = files
        self.door: int | None = locks.hold(files.door)
        self.users = locks.share(files.users)
        self.keeper: subprocess.Popen[str] | None = None
        lock = locks.try_hold(files.keeper)
        if lock is not None:
            files.state.unlink(missing_ok=True)
            self.keeper = start_keeper(files, lock)
            os.close(lock)

    def finish(self) -> str:
        """Wait until the server answers, and return its address. Raise LocalStackError with the daemon's sentence."""
        if self.keeper is not None:
            told = read_answer(self.keeper)
        else:
            told = wait_for_state(self.files)
        for note in told.notes:
            print(note, file=sys.stderr)
        if not handles:
            atexit.register(leave)
        handles.append(Handle(self.files, os.dup(self.users), os.getpid(), self.keeper))
        return told.url

    def close(self) -> None:
        if self.door is not None:
            os.close(self.users)
            os.close(self.door)
            self.door = None


def start_keeper(files: Lockfiles, lock: int) -> "subprocess.Popen[str]":
    """Start the daemon in a session of its own, where Ctrl-C does not reach it. It inherits its lock."""
    home = files.folder.parent
    with (home / "logs" / "keeper.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "config.local.keeper", files.server, str(home), str(lock)],
            cwd=BASE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
            start_new_session=True, pass_fds=[lock],
        )  # fmt: skip


def read_answer(keeper: "subprocess.Popen[str]") -> Answer:
    assert keeper.stdout is not None
    with keeper.stdout as pipe:
        line = pipe.readline()
    if not line:
        raise LocalStackError("The local servers did not start; logs/keeper.log in KINDRED_HOME says why.")
    told = answer.from_line(line)
    if told.error:
        keeper.wait()
        raise LocalStackError(told.error)
    return told


def wait_for_state(files: Lockfiles) -> Answer:
    """Return the state that the daemon of another process has written. Wait, since it may still be starting."""
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        if files.state.exists():
            return answer.from_line(files.state.read_text())
        if locks.is_free(files.keeper):
            break
        time.sleep(0.05)
    raise LocalStackError(f"The local {files.server} server did not start; try again.")


def leave() -> None:
    """Stop using the servers. If this was the last process, wait until they have ended. Safe to call twice."""
    mine = [handle for handle in handles if handle.owner == os.getpid()]
    handles.clear()
    ending = [handle.files for handle in mine if is_last(handle)]
    until = time.monotonic() + STOP_LIMIT_S
    for files in ending:
        while not locks.is_free(files.keeper) and time.monotonic() < until:
            if not locks.is_free(files.users):  # another process uses it now
                break
            time.sleep(0.02)


def is_last(handle: Handle) -> bool:
    with locks.held(handle.files.door):
        os.close(handle.users)
        return locks.is_free(handle.files.users)
