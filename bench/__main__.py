"""`make bench`: how fast and how big, beside what one would do without Kindred; a table at the end.

python -m bench [--quick] [NAME ...] runs some of them, in the order in which they are listed.
"""

import argparse
import signal
import sys
from importlib import import_module

from bench import result_rows, stage

# A benchmark is a module with run(gallery) -> rows. Those that fill the database with a crowd come last.
NAMES = ("embedding", "web_memory", "query", "page")


def main() -> int:
    """The exit code: 1 where a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Kindred's benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run at all?")
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - set(NAMES))
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped, the home deleted
    rows: list[result_rows.Row] = []
    with stage.open_stage(is_quick=asked.quick) as gallery:
        for name in (name for name in NAMES if name in asked.names or not asked.names):
            print(f"\n{name}", flush=True)
            rows += import_module(f"bench.{name}").run(gallery)
        facts = result_rows.machine() | {"pictures": gallery.label, "is_quick": asked.quick}
    result_rows.show(rows, facts)
    print(f"Written to {result_rows.write(rows, facts)}")
    return int(any(row.is_met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
