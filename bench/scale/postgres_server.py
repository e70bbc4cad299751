"""A separate PostgreSQL for many vectors: settings by size, cold restarts, and its use of memory."""

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

from bench import temporary_site
from config.local import postgres

MIB = 2**20
# The memory of one vector while its index is built: pgvector's element (about 150 bytes), its 16-bit numbers, twice M
# links of 16 bytes on the lowest layer, a few links above, and a reserve. docs/operations.md recommends this number.
GRAPH_BYTES = 2_500  # for a vector of 256 dimensions; at m = 16 it was about 1,700
SHARED_BUFFERS_MIB = 4_096  # a quarter of a machine of 16 GiB
LEAST_BUILD_MIB = 256
DROP_CACHES = Path("/proc/sys/vm/drop_caches")
LEFT_LIMIT = 0.02  # if a greater share of the files stays in the page cache, the whole cache is dropped
SAMPLE_S = 0.5


def settings(count: int) -> dict[str, str]:
    """Return the settings that docs/operations.md recommends for that many vectors."""
    memory_mib = psutil.virtual_memory().total // MIB
    return {
        "shared_buffers": f"{min(memory_mib // 4, SHARED_BUFFERS_MIB)}MB",
        "effective_cache_size": f"{memory_mib // 2}MB",
        "maintenance_work_mem": f"{max(count * GRAPH_BYTES // MIB, LEAST_BUILD_MIB)}MB",
        "max_parallel_maintenance_workers": str(max((os.cpu_count() or 1) - 1, 1)),
        "max_wal_size": "8GB",
        "wal_compression": "on",
        "jit": "off",
        "autovacuum": "off",  # it would disturb the measurement; the tables are analysed after they are filled
    }


class Server:
    """A PostgreSQL server that ends with this process, even if the process is killed."""

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
        """Stop the server after a checkpoint, so that its files are complete."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.server.stop_signal)
            self.process.wait()

    def restart_cold(self) -> str:
        """Restart the server without its files in memory. Return how they were evicted."""
        self.stop()
        files = [path for path in self.server.folder.rglob("*") if path.is_file() and path.stat().st_size]
        evict_from_page_cache(files)
        how, left = "its files evicted from the page cache", resident_share(files)
        if left > LEFT_LIMIT and os.access(DROP_CACHES, os.W_OK):
            DROP_CACHES.write_text("1\n")
            how, left = "the machine's page cache dropped", resident_share(files)
        self.start()
        return f"{how}, {100 * left:.0f} % stayed"

    def memory(self) -> int:
        """Return the bytes used by all its processes (PSS). Shared pages are counted once, if they were touched."""
        assert self.process is not None
        main = psutil.Process(self.process.pid)
        return sum(proportional(each.pid) for each in [main, *main.children(recursive=True)])


@contextmanager
def served(home: Path, count: int) -> Iterator[Server]:
    """Run the server, with Django set up and migrated on it. The shell's own settings are ignored."""
    server = Server(home, count)
    server.server.prepare()
    for name in [name for name in os.environ if name.startswith("KINDRED_") or name in temporary_site.SERVER_SETTINGS]:
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
    """Yield a list with one number: the server's peak memory in bytes so far, sampled twice a second."""
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
    """Return the PSS of a process in bytes, or 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def evict_from_page_cache(files: list[Path]) -> None:
    """Ask the kernel to evict these files from its page cache. This needs only the right to read them."""
    os.sync()
    time.sleep(0.5)
    for path in files:
        fd = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(fd)


def resident_share(files: list[Path]) -> float:
    """Return the share of these files' pages that is in memory, by mincore(2)."""
    libc = ctypes.CDLL(None, use_errno=True)
    pages = inside = 0
    for path in files:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as mapped:
            count = -(-len(mapped) // mmap.PAGESIZE)
            flags = (ctypes.c_ubyte * count)()
            first = ctypes.c_char.from_buffer(mapped)
            libc.mincore(ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(len(mapped)), flags)
            del first  # otherwise the mapping cannot be closed
            pages, inside = pages + count, inside + sum(flag & 1 for flag in flags)
    return inside / max(pages, 1)
