"""`make bench-duplicates N=100000`: measure the search for duplicates of one upload among up to N works.

python -m bench.duplicates [N]. The collection is synthetic: vectors and hashes grown from a few painted pictures. The
uploads are painted pictures with files. Times are CPU time of the worker and of its database session, so they depend
little on what else runs on the machine.
"""

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from bench import result_rows, temporary_site
from bench.result_rows import Row
from bench.scale import extrapolation

if TYPE_CHECKING:
    from bench.duplicates.grown_site import PaintedSite

SIZES = (2_000, 20_000, 100_000)
FAR = 1_000_000
PAINTED = 60  # pictures from which the collection is grown, and which are uploaded
GOAL_MS = 150
FLIPPED = 0.3  # share of the bits of a hash that differ from those of the picture that it was grown from


def main() -> int:
    """Run the benchmark. Return the exit code: 1 if the goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.duplicates", description="The cost of one upload.")
    parser.add_argument("count", nargs="?", type=int, default=100_000, metavar="N", help="how many works")
    count = max(parser.parse_args().count, SIZES[0])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped and the home is deleted
    home = Path(tempfile.mkdtemp(prefix="kindred-bench-"))
    try:
        with temporary_site.served(home):
            rows = measured(home, count)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    facts = result_rows.machine() | {"works": count}
    result_rows.show(rows, facts)
    print(f"Written to {result_rows.write(rows, facts)}")
    return int(any(row.is_met is False for row in rows))


def measured(home: Path, count: int) -> list[Row]:
    """Fill the site to each size, up to `count` works, and measure each time. Extrapolate the time to FAR works."""
    from bench.duplicates import grown_site

    site = grown_site.painted_site(home, PAINTED)
    rows: list[Row] = []
    sizes = [size for size in SIZES if size < count] + [count]
    for size in sizes:
        print(f"  {size:,} works", flush=True)
        grown_site.grow(site, size, FLIPPED)
        rows.append(row_of(size, [look_for_copies(site, image_id) for image_id in site.image_ids]))
    return rows + ([far_row(sizes, rows)] if sizes[-1] >= 10 * sizes[0] else [])


def far_row(sizes: Sequence[int], rows: Sequence[Row]) -> Row:
    """Extrapolate the CPU time of one upload to FAR works. A graph search takes longer by a constant per doubling."""
    line = extrapolation.logarithmic(sizes, [row.numbers["total_ms"] for row in rows])
    text = f"{line.at(FAR):.0f} ms, {line.step:+.1f} ms with every doubling"
    return Row("duplicates", f"EXTRAPOLATED to {FAR:,} works", text, f"<= {GOAL_MS} ms", line.at(FAR) <= GOAL_MS)


@dataclass(frozen=True)
class Cost:
    """CPU time of one upload in milliseconds, by step, and the number of candidates that its signals proposed.

    stored: to write its vectors, with their indexes. worker, database: to look for copies.
    """

    stored_ms: float
    worker_ms: float
    database_ms: float
    candidates: int

    @property
    def total_ms(self) -> float:
        return self.stored_ms + self.worker_ms + self.database_ms


def look_for_copies(site: "PaintedSite", image_id: int) -> Cost:
    """Store the vectors of one picture again and flag it, as workers do. Measure both, and roll them back."""
    from django.db import transaction

    from bench.duplicates.grown_site import candidates_of, prepare_features, store_again
    from similarity.duplicates import detection

    found = candidates_of(site, image_id)
    prepare_features(site, image_id, found)  # those of stored pictures; its own features are computed
    with transaction.atomic():
        stored = metered(store_again, site, image_id)
        worker_ms, database_ms = metered(detection.flag_near, site.match, [image_id])
        transaction.set_rollback(True)
    return Cost(sum(stored), worker_ms, database_ms, len(found))


def metered(call: Callable[..., object], *arguments: object) -> tuple[float, float]:
    """Return the CPU time of a call in ms, in this process and in its database session (in steps of 10 ms)."""
    import psutil
    from django.db import connection

    backend = psutil.Process(connection.connection.info.backend_pid)
    before_s, database_before = process_time(), backend.cpu_times()
    call(*arguments)
    worker_s, database = process_time() - before_s, backend.cpu_times()
    database_s = database.user + database.system - database_before.user - database_before.system
    return 1000 * worker_s, 1000 * database_s


def row_of(size: int, costs: Sequence[Cost]) -> Row:
    names = ("total_ms", "stored_ms", "worker_ms", "database_ms", "candidates")
    means = {name: float(np.mean([getattr(cost, name) for cost in costs])) for name in names}
    text = "{total_ms:.0f} ms: indexes {stored_ms:.0f}, worker {worker_ms:.0f}, database {database_ms:.0f}"
    return Row(
        "duplicates", f"one upload among {size:,} works, CPU time",
        f"{text.format(**means)} ms; {means['candidates']:.0f} candidates",
        f"<= {GOAL_MS} ms", means["total_ms"] <= GOAL_MS, means,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
