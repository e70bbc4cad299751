"""`make quality`: measure the public pages of a running site and write docs/quality.md.

python -m bench.quality [ADDRESS] [--pages NAME ...]. The site must run, for example by `make demo`. Lighthouse runs
as mobile and as desktop, axe at two widths in light and dark, html-validate on the source of each page.

On a machine of few cores the site takes time from the browser, and its pages seem to block. stored_answers.conf lets
nginx answer instead.
"""

import argparse
import datetime as dt
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.quality import page_types, tools
from bench.quality.tools import CATEGORIES, Run

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "quality.md"
TOOLS = ROOT / "bench-results" / "quality-tools"
GOAL = 95  # each category of Lighthouse, on each page
NOTES = "\n## Notes\n"


def main() -> int:
    """Run all tools. Return the exit code: 1 if a page misses a goal."""
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("site", nargs="?", default="http://localhost:8000", metavar="ADDRESS")
    parser.add_argument("--pages", nargs="+", default=[], metavar="NAME", help="only these types; writes no report")
    asked = parser.parse_args()
    tools.install(TOOLS)
    paths = page_types.addresses(asked.site)
    if asked.pages:
        paths = {name: path for name, path in paths.items() if name in asked.pages}
    pages = {name: page_types.finished_html(asked.site, path) for name, path in paths.items()}
    errors = tools.html_errors(TOOLS, pages)
    violations = tools.axe_violations(TOOLS, asked.site, paths)
    runs = {name: both_devices(asked.site + path, name) for name, path in paths.items()}
    text = report(paths, runs, violations, errors)
    print(text)
    if not asked.pages:
        REPORT.write_text(text + notes(REPORT.read_text()))
    worst = min(score for devices in runs.values() for run in devices for score in run.scores.values())
    return int(worst < GOAL or any(violations.values()) or any(errors.values()))


def both_devices(url: str, name: str) -> tuple[Run, Run]:
    print(name, file=sys.stderr, flush=True)
    return tools.lighthouse(TOOLS, url, is_mobile=True), tools.lighthouse(TOOLS, url, is_mobile=False)


def report(
    paths: Mapping[str, str],
    runs: Mapping[str, tuple[Run, Run]],
    violations: Mapping[str, list[str]],
    errors: Mapping[str, list[str]],
) -> str:
    """Return the report as Markdown: a table with a row for each page, then what was found."""
    machine = sorted(round(run.machine) for devices in runs.values() for run in devices)
    lines = [
        "# Quality of the public pages",
        "",
        f"Written by `make quality` on {dt.datetime.now(dt.UTC):%Y-%m-%d}.",
        f"Lighthouse scores are mobile / desktop, the median of {tools.RUNS} runs with simulated throttling.",
        f"The goal is {GOAL}. The machine had a benchmark index of {machine[0]} to {machine[-1]} by Lighthouse;",
        "a slower machine gives phones lower scores.",
        "Whether a page may be listed by search engines is not scored, because several pages ask them not to.",
        "axe reads each page at 390 and 1280 px, in light and dark.",
        "html-validate reads the source of each page, without rules of style.",
        "",
        "| page | performance | accessibility | best practices | SEO | axe | html-validate |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in paths:
        mobile, desk = (run.scores for run in runs[name])
        cells = [f"{mobile[category]} / {desk[category]}" for category in CATEGORIES]
        cells += [str(len(violations[name])), str(len(errors[name]))]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    found = [f"- {name}: {note}" for name in paths for note in dict.fromkeys([*violations[name], *errors[name]])]
    return "\n".join([*lines, "", *(["## Findings", "", *found, ""] if found else [])])


def notes(text: str) -> str:
    """Return the notes at the end of a report. A person wrote them, and the next report keeps them."""
    start = text.find(NOTES)
    return text[start:] if start >= 0 else ""


if __name__ == "__main__":
    sys.exit(main())
