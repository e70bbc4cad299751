"""Measure the memory of a web process that has served pages. It is small because it does not load torch."""

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import psutil

from bench.gallery import Gallery
from bench.result_rows import Row
from config.management.commands import runlocal

LIMIT_MIB = 150
VISITS = 50  # of each page: memory grows with the first ones
VISITORS = 4  # at the same time: as many as the worker has threads, because each thread needs memory
START_LIMIT_S = 30


def run(gallery: Gallery) -> list[Row]:
    gallery.embed_all()
    work = gallery.works()[0]
    pages = ["/", "/browse/", work.get_absolute_url(), f"{work.get_absolute_url()}similar/"]
    with serving() as (port, worker):
        with ThreadPoolExecutor(VISITORS) as visitors:
            list(visitors.map(partial(visit, port), pages * VISITS))
        resident_mib = worker.memory_info().rss / 2**20
        has_torch = any("torch" in mapped.path for mapped in worker.memory_maps())
    met = resident_mib < LIMIT_MIB
    return [
        Row(
            "web memory",
            f"gunicorn worker after {len(pages) * VISITS} pages, resident",
            f"{resident_mib:.0f} MiB", f"< {LIMIT_MIB} MiB", met, {"resident_mib": resident_mib},
        ),
        Row("web memory", "torch in the worker", "loaded" if has_torch else "not loaded", "not loaded", not has_torch),
    ]  # fmt: skip


@contextmanager
def serving() -> Iterator[tuple[int, psutil.Process]]:
    """Run the site by gunicorn, with the command of `make demo`. Yield its port and its only worker."""
    port = free_port()
    quiet = ["--access-logfile", "/dev/null", "--log-level", "warning"]
    server = subprocess.Popen([*runlocal.programs(port)["web"].words, *quiet])
    try:
        wait_for(port)
        (worker,) = psutil.Process(server.pid).children()
        yield port, worker
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(port: int) -> None:
    until = time.monotonic() + START_LIMIT_S
    while True:
        try:
            return visit(port, "/healthz")
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def visit(port: int, page: str) -> None:
    """Request a page. Raise RuntimeError if the answer is not 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", page)
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{page} was answered with {answer.status}.")
