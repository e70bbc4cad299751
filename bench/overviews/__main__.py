"""`make bench-overviews N=30000`: time, memory and stability of groups and map, and the time of their pages.

python -m bench.overviews [N] [--vectors FILE.npz | --images DIR]. The vectors are grown from real ones, as in
bench.scale: from the vectors of a file that `manage.py export_vectors` wrote, or from the descriptors of a folder of
pictures, or from those of painted pictures.
"""

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import result_rows, temporary_site

ADDED = 0.05  # share of works that are added after the first overview


def main() -> int:
    """Run the benchmark. Return the exit code: 1 if a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.overviews", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=30_000, metavar="N", help="how many works")
    parser.add_argument("--vectors", type=Path, metavar="FILE.npz", help="real vectors, as export_vectors writes them")
    parser.add_argument("--images", type=Path, metavar="DIR", help="a folder of real pictures")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped and the home is deleted
    home = Path(tempfile.mkdtemp(prefix="kindred-bench-"))
    try:
        with temporary_site.served(home):
            from bench.overviews import measured_overviews

            real, source = real_vectors(home, asked.vectors, asked.images)
            rows = measured_overviews.run(real, asked.count, ADDED)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    facts = result_rows.machine() | {"works": asked.count, "grown from": source}
    result_rows.show(rows, facts)
    print(f"Written to {result_rows.write(rows, facts)}")
    return int(any(row.is_met is False for row in rows))


def real_vectors(home: Path, file: Path | None, folder: Path | None) -> tuple[NDArray[np.float32], str]:
    """Return (R, D) unit rows, and a description of them."""
    if file is not None:
        vectors = np.load(file)["vectors"].astype(np.float32)
        return vectors, f"{len(vectors):,} exported vectors"
    from bench.scale import real_descriptors

    return real_descriptors.described(home, folder, "mobilenet_v2", None)


if __name__ == "__main__":
    sys.exit(main())
