"""A PostgreSQL of its own for large numbers of vectors: settings by size, restarts, and files out of the page cache."""

import ctypes
import mmap
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psutil

from bench import stage
from config.local import postgres

MIB = 2**20
# What one vector takes while its index is built: pgvector's element (about 150 bytes), its 16-bit numbers, twice M
# links of 16 bytes on the lowest layer, a few above, and some to spare. docs/operations.md tells to reckon with it.
GRAPH_BYTES = 2_500  # a vector of 256 dimensions, with some room; at m = 16 it was about 1,700
SHARED_BUFFERS_MIB = 4_096  # a quarter of a machine of 16 GiB
LEAST_BUILD_MIB = 256
DROP_CACHES = Path("/proc/sys/vm/drop_caches")
LEFT_LIMIT = 0.02  # share of the files that may stay in the page cache without more being done
SAMPLE_S = 0.5


def settings(count: int) -> dict[str, str]:
    """What docs/operations.md recommends for that many vectors."""
    memory_mib = psutil.virtual_memory().total // MIB
    return {
        "shared_buffers": f"{min(memory_mib // 4, SHARED_BUFFERS_MIB)}MB",
        "effective_cache_size": f"{memory_mib // 2}MB",
        "maintenance_work_mem": f"{max(count * GRAPH_BYTES // MIB, LEAST_BUILD_MIB)}MB",
        "max_parallel_maintenance_workers": str(max((os.cpu_count() or 1) - 1, 1)),
        "max_wal_size": "8GB",
        "wal_compression": "on",
        "jit": "off",
        "autovacuum": "off",  # it would come in between; the tables are analysed when they are full
    }


class Server:
    """Dies with this process, whatever ends it."""

    def __init__(self, home: Path, count: int) -> None:
        postgres.OPTIONS.update(settings(count))
        for folder in ("run", "logs"):
            (home / folder).mkdir()
        self.server = postgres.Postgres(home, home / "run")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.server.url()

    def start(self) -> None:
        self.process = self.server.start()

    def stop(self) -> None:
        """With a checkpoint, so that its files hold everything."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.server.stop_signal)
            self.process.wait()

    def restart_cold(self) -> str:
        """Stops it, sees that its files are not in memory, starts it again; how that was done."""
        self.stop()
        files = [path for path in self.server.folder.rglob("*") if path.is_file() and path.stat().st_size]
        forget(files)
        how, left = "its files put out of the page cache", resident_share(files)
        if left > LEFT_LIMIT and os.access(DROP_CACHES, os.W_OK):
            DROP_CACHES.write_text("1\n")
            how, left = "the machine's page cache dropped", resident_share(files)
        self.start()
        return f"{how}, {100 * left:.0f} % stayed"

    def memory(self) -> int:
        """Bytes that all of its processes take together; what they share is counted once, and as far as touched."""
        assert self.process is not None
        main = psutil.Process(self.process.pid)
        return sum(proportional(each.pid) for each in [main, *main.children(recursive=True)])


@contextmanager
def served(home: Path, count: int) -> Iterator[Server]:
    """The server, with Django set up on it and its tables made. The shell's own settings count for nothing."""
    server = Server(home, count)
    server.server.prepare()
    for name in [name for name in os.environ if name.startswith("KINDRED_") or name in stage.FOREIGN]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "KINDRED_HOME": str(home),
        "KINDRED_SECRET_KEY": "a key for benchmarks, of no value anywhere else",
        "DATABASE_URL": server.url,
    }
    try:
        server.start()
        set_up()
        yield server
    finally:
        server.stop()


def set_up() -> None:
    import logging

    import django
    from django.core.management import call_command

    django.setup()
    logging.getLogger().setLevel(logging.WARNING)
    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def watched(server: Server) -> Iterator[list[int]]:
    """Within: a list that ends up holding the most memory that the server took, in bytes, looked at twice a second."""
    peak, is_over = [0], Event()

    def watch() -> None:
        while not is_over.wait(SAMPLE_S):
            peak[0] = max(peak[0], server.memory())

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        is_over.set()
        thread.join()


def proportional(pid: int) -> int:
    """PSS of a process in bytes; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def forget(files: list[Path]) -> None:
    """Asks the kernel to put these files out of its page cache; needs no rights beyond reading them."""
    os.sync()
    time.sleep(0.5)
    for path in files:
        fd = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(fd)


def resident_share(files: list[Path]) -> float:
    """Which share of these files' pages is in memory, by mincore(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    pages = inside = 0
    for path in files:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as mapped:
            count = -(-len(mapped) // mmap.PAGESIZE)
            flags = (ctypes.c_ubyte * count)()
            first = ctypes.c_char.from_buffer(mapped)
            libc.mincore(ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(len(mapped)), flags)
            del first  # else the mapping can't be closed
            pages, inside = pages + count, inside + sum(flag & 1 for flag in flags)
    return inside / max(pages, 1)
