"""The daemon of one local server: it starts the server, restarts it if it dies, and stops it when nobody uses it.

Run as `python -m config.local.keeper SERVER HOME LOCK`. LOCK is an inherited descriptor of the daemon's lock.
The output is one line, an Answer.
"""

import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from config.local import locks
from config.local.answer import Answer
from config.local.errors import LocalStackError
from config.local.locks import Lockfiles
from config.local.postgres import Postgres
from config.local.redis_server import RedisServer

TICK_S = 0.1
GRACE_S = 20
SOCKET_PATH_LIMIT = 90  # bytes; systems allow 104 to 108 with the name of the file
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")

log = logging.getLogger("keeper")


class Server(Protocol):
    """A server program with a folder of its own."""

    notes: list[str]
    stop_signal: signal.Signals

    def prepare(self) -> None:
        """Create or repair the folder. Raise LocalStackError."""

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server and return its process once it answers. Raise LocalStackError."""

    def url(self) -> str: ...


def main() -> None:
    name, home, lock = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    os.set_inheritable(lock, False)
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO, stream=sys.stderr)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    files = Lockfiles(home / "run", name)
    sockets = socket_folder(files)
    try:
        keep(files, make_server(name, home, sockets))
    except LocalStackError as error:
        log.error("%s: %s", name, error)
        say(Answer(error=str(error)))
    finally:
        files.state.unlink(missing_ok=True)
        shutil.rmtree(sockets, ignore_errors=True)


def make_server(name: str, home: Path, sockets: Path) -> Server:
    return Postgres(home, sockets) if name == "postgres" else RedisServer(home, sockets)


def socket_folder(files: Lockfiles) -> Path:
    """Return a new private folder for the socket: in the home, or elsewhere if that path is too long or odd."""
    near = str(files.folder)
    fits = len(os.fsencode(near)) + 30 <= SOCKET_PATH_LIMIT and PLAIN.issuperset(near)
    return Path(tempfile.mkdtemp(prefix=f"{files.server}-", dir=near if fits else None))


def keep(files: Lockfiles, server: Server) -> None:
    """Run the server until its last user has gone, then stop it and return."""
    process = None
    try:
        server.prepare()
        process = server.start()
        write(files.state, Answer(server.url()).to_line())
        say(Answer(server.url(), server.notes))
        while (door := claim_when_unused(files)) is None:
            if process.poll() is not None:
                log.info("%s ended with %s; starting it again", files.server, process.returncode)
                process = server.start()
            time.sleep(TICK_S)
        stop(process, server.stop_signal)
        files.state.unlink(missing_ok=True)
        os.close(door)
    finally:
        if process is not None:
            stop(process, server.stop_signal)


def claim_when_unused(files: Lockfiles) -> int | None:
    """Return the start lock if nobody uses the server, so that nobody joins while it stops; else None."""
    door = locks.try_hold(files.door)
    if door is None:
        return None
    if locks.is_free(files.users):
        return door
    os.close(door)
    return None


def stop(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def write(path: Path, text: str) -> None:
    half = path.with_suffix(".half")
    half.write_text(text)
    half.replace(path)


def say(answer: Answer) -> None:
    """Write to the process that started this one, if it still reads."""
    with suppress(BrokenPipeError):
        sys.stdout.write(answer.to_line())
        sys.stdout.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
