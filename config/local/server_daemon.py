"""The daemon of one local server. It starts the server, restarts it if it dies, and stops it when no process uses it.

Run as `python -m config.local.server_daemon SERVER HOME LOCK`. LOCK is an inherited descriptor of the daemon's lock.
The output is one line, a ServerState.
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
from config.local.errors import LocalStackError
from config.local.locks import Lockfiles
from config.local.postgres import Postgres
from config.local.redis_server import RedisServer
from config.local.server_state import ServerState

TICK_S = 0.1
GRACE_S = 20
SOCKET_PATH_LIMIT = 90  # bytes; systems allow 104 to 108 with the name of the file
PLAIN_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")

log = logging.getLogger("daemon")


class Server(Protocol):
    """A server program with a folder of its own."""

    notes: list[str]  # lines for the user
    stop_signal: signal.Signals

    def prepare(self) -> None:
        """Create or repair the folder. Raise LocalStackError."""

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server and return its process once it answers. Raise LocalStackError."""

    def url(self) -> str:
        """Return the address of the server."""


def main() -> None:
    name, home, lock = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    os.set_inheritable(lock, False)
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO, stream=sys.stderr)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    files = Lockfiles(home / "run", name)
    sockets = socket_folder(files)
    try:
        run(files, make_server(name, home, sockets))
    except LocalStackError as error:
        log.error("%s: %s", name, error)
        report(ServerState(error=str(error)))
    finally:
        files.state.unlink(missing_ok=True)
        shutil.rmtree(sockets, ignore_errors=True)


def make_server(name: str, home: Path, sockets: Path) -> Server:
    return Postgres(home, sockets) if name == "postgres" else RedisServer(home, sockets)


def socket_folder(files: Lockfiles) -> Path:
    """Return a new private folder for the socket. It lies in the home if that path is short and plain enough."""
    folder = str(files.folder)
    fits = len(os.fsencode(folder)) + 30 <= SOCKET_PATH_LIMIT and PLAIN_CHARACTERS.issuperset(folder)
    return Path(tempfile.mkdtemp(prefix=f"{files.server}-", dir=folder if fits else None))


def run(files: Lockfiles, server: Server) -> None:
    """Run the server until no process uses it, then stop it."""
    process = None
    try:
        server.prepare()
        process = server.start()
        write(files.state, ServerState(server.url()).to_line())
        report(ServerState(server.url(), server.notes))
        while (start_lock := hold_when_unused(files)) is None:
            if process.poll() is not None:
                log.info("%s ended with %s; starting it again", files.server, process.returncode)
                process = server.start()
            time.sleep(TICK_S)
        stop(process, server.stop_signal)
        files.state.unlink(missing_ok=True)
        os.close(start_lock)
    finally:
        if process is not None:
            stop(process, server.stop_signal)


def hold_when_unused(files: Lockfiles) -> int | None:
    """Return the start lock if no process uses the server, so that none joins while it stops. Else return None."""
    start_lock = locks.try_hold(files.start_lock)
    if start_lock is None:
        return None
    if locks.is_free(files.users_lock):
        return start_lock
    os.close(start_lock)
    return None


def stop(process: "subprocess.Popen[bytes]", stop_signal: signal.Signals) -> None:
    """Stop a server and wait. Kill it after GRACE_S. Do nothing if it has ended."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def write(path: Path, text: str) -> None:
    """Write a file atomically."""
    partial = path.with_suffix(".half")
    partial.write_text(text)
    partial.replace(path)


def report(state: ServerState) -> None:
    """Write the state to standard output, for the process that started this one if it still runs. Close the output."""
    with suppress(BrokenPipeError):
        sys.stdout.write(state.to_line())
        sys.stdout.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
