"""`make bench-scale N=1000000`: measure similar-works queries among up to N vectors, and extrapolate to ten million.

python -m bench.scale [N] [--images DIR] [--backbone NAME --weights FILE]
"""

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench import result_rows, timing
from bench.result_rows import Row
from bench.scale import data, extrapolation, postgres_server

if TYPE_CHECKING:
    from bench.scale.measuring import Measured

SIZES = (30_000, 100_000, 300_000)
FAR = 10_000_000
LEAST = 2_000
HARDNESS_EFS = (11, 20, 40)  # low values, because a search among so few vectors misses nothing with higher ones
IMAGES = Path(__file__).resolve().parents[3] / "shared" / "data" / "art" / "images"
UNITS = {"build_s": (1 / 60, "min"), "index_bytes": (1e-9, "GB"), "build_bytes": (1e-9, "GB")}
NAMES = {"build_s": "build time", "index_bytes": "index", "build_bytes": "memory that building adds"}


def main() -> int:
    """Run the benchmark. Return the exit code: 1 if a goal was missed."""
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped and the home is deleted
    home = Path(tempfile.mkdtemp(prefix="kindred-scale-"))
    try:
        with postgres_server.served(home, options.count) as server:
            rows, source = measured(server, home, options)
        facts = result_rows.machine() | {"grown from": source} | postgres_server.settings(options.count)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    result_rows.show(rows, facts)
    print(f"Written to {result_rows.write(rows, facts)}")
    return int(any(row.is_met is False for row in rows))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="Similar works among very many.")
    parser.add_argument("count", nargs="?", type=int, default=1_000_000, metavar="N", help="how many vectors")
    parser.add_argument(
        "--images", type=Path, default=IMAGES if IMAGES.is_dir() else None, help="pictures to grow from"
    )
    parser.add_argument("--backbone", default="vgg16")
    parser.add_argument("--weights", type=Path, help="weights file; without it the network is untrained")
    options = parser.parse_args()
    if options.count < LEAST:
        parser.error(f"N must be at least {LEAST:,}")
    return options


def measured(server: postgres_server.Server, home: Path, options: argparse.Namespace) -> tuple[list[Row], str]:
    from bench.scale import loading, measuring, real_descriptors

    real, source = real_descriptors.described(home, options.images, options.backbone, options.weights)
    print(f"{len(real):,} descriptors of {real.shape[1]} numbers: {source}", flush=True)
    grow_s, grown = timing.timed(data.grow, real, options.count)
    sizes = [size for size in SIZES if size < options.count] + [options.count]
    rows = [Row("scale", "grown", f"{options.count:,} vectors in {grow_s:.0f} s"), *shapes(real, grown, sizes)]
    for row in rows:
        print(f"  {row.what}: {row.measured}", flush=True)
    site = loading.prepare(grown)
    results: list[Measured] = []
    for before, size in zip([0, *sizes], sizes, strict=False):
        results.append(measuring.measure(server, site, before, size))
        rows += results[-1].rows
    return rows + growth_rows(results), source


def shapes(real: data.Vectors, grown: data.GrownVectors, sizes: Sequence[int]) -> list[Row]:
    """Return the shapes of real samples, those expected by extrapolation for each size, and those of grown vectors."""
    seen = data.shapes_by_size(real)
    counts = [each.count for each in seen]
    first, tenth = (extrapolation.power(counts, [getattr(each, name) for each in seen]) for name in ("first", "tenth"))
    dimension = extrapolation.power(counts, [each.local_dimension for each in seen])
    rows = [Row("scale", "real descriptors", str(each)) for each in seen]
    for size in sizes:
        expected = data.Shape(size, first.at(size), tenth.at(size), dimension.at(size))
        rows.append(Row("scale", "expected from real samples", str(expected)))
        rows.append(Row("scale", "grown descriptors", str(data.shape(grown.vectors[:size]))))
    return [*rows, hardness(real)]


def hardness(real: data.Vectors) -> Row:
    """Compare the recall of a graph search among grown vectors with that among as many real ones."""
    from bench.scale import timed_searches

    quarter = np.random.default_rng(6).permutation(len(real))[: len(real) // 4]
    sides = {"real": real, "grown from a quarter of them": data.grow(real[quarter], len(real)).vectors}
    rows = timed_searches.query_rows(len(real), len(real))
    recalls = []
    for name, vectors in sides.items():
        stored = np.asarray(vectors, np.float16)
        truth = [[row + 1 for row in each] for each in data.nearest(stored, rows, timed_searches.K).tolist()]
        _, results = timed_searches.by_hnswlib(stored, rows, HARDNESS_EFS)
        recalls.append(f"{name} " + ", ".join(f"{result.recall(truth):.4f}" for result in results.values()))
    what = f"hnswlib's recall among {len(real):,}, ef {', '.join(map(str, HARDNESS_EFS))}"
    return Row("scale", what, "; ".join(recalls))


def growth_rows(results: "Sequence[Measured]") -> list[Row]:
    """Return the growth of each figure over all sizes, extrapolated to FAR vectors. One size shows no growth."""
    if len(results) < 2:
        return []
    counts = [each.count for each in results]
    rows = []
    for name in results[0].figures:
        values = [each.figures[name] for each in results]
        if name in UNITS:
            factor, unit = UNITS[name]
            line = extrapolation.power(counts, values)
            how, far = f"grows with N^{line.exponent:.2f}", f"{factor * line.at(FAR):,.1f} {unit}"
        else:
            step = extrapolation.logarithmic(counts, values)
            how, far = f"{step.step:+.2f} ms with every doubling", f"{step.at(FAR):.1f} ms"
        text = f"{how}; EXTRAPOLATED to {FAR:,}: {far}"
        rows.append(Row("scale", f"growth of {NAMES.get(name, name)}", text))
    return rows


if __name__ == "__main__":
    sys.exit(main())
