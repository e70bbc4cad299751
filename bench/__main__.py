"""`make bench`: measure speed and memory, compare them with simple alternatives, and print a table.

python -m bench [--quick] [NAME ...] runs some of the benchmarks, in the order of NAMES.
"""

import argparse
import signal
import sys
from importlib import import_module

from bench import result_rows, temporary_site

# A benchmark is a module with a function run(gallery) that returns rows. Benchmarks that fill the database come last.
NAMES = ("embedding", "web_memory", "pages.image_service", "query", "page")


def main() -> int:
    """Run the benchmarks. Return the exit code: 1 if a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Kindred's benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="use small sizes, to check that the benchmarks run")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(NAMES))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped and the home is deleted
    rows: list[result_rows.Row] = []
    with temporary_site.open_site(is_quick=options.quick) as gallery:
        for name in (name for name in NAMES if name in options.names or not options.names):
            print(f"\n{name}", flush=True)
            rows += import_module(f"bench.{name}").run(gallery)
        facts = result_rows.machine() | {"pictures": gallery.label, "is_quick": options.quick}
    result_rows.show(rows, facts)
    print(f"Written to {result_rows.write(rows, facts)}")
    return int(any(row.is_met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
