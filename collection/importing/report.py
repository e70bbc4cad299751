"""The report of an import: a few lines for people, and a CSV table with every row."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from collection import csv_cells
from collection.importing.mapping import Entry

EXAMPLES = 10


class Outcome(StrEnum):
    ADDED = "added"
    HELD = "already held"
    REFUSED = "refused"


@dataclass(frozen=True)
class Line:
    """One row. The note is the reason of a refusal, or names the work that has the file already."""

    entry: Entry
    outcome: Outcome
    note: str = ""


@dataclass
class Report:
    lines: list[Line] = field(default_factory=list)
    new_works: int = 0
    updated_works: list[str] = field(default_factory=list)  # accession numbers
    restored: int = 0  # stored originals that were damaged or missing
    is_rehearsal: bool = False

    def count(self, outcome: Outcome) -> int:
        return sum(line.outcome == outcome for line in self.lines)

    @property
    def refused(self) -> list[Line]:
        return [line for line in self.lines if line.outcome == Outcome.REFUSED]


def told(report: Report) -> Iterator[str]:
    """Return the report as lines for people, the most important last."""
    warnings = Counter(warning for line in report.lines for warning in line.entry.warnings)
    yield from examples("Imported, with something left out", [f"{n:,} x {text}" for text, n in warnings.most_common()])
    elsewhere = [line for line in report.lines if line.outcome == Outcome.HELD and line.note]
    yield from examples("Held under another number, so no second work was made", [shown(line) for line in elsewhere])
    yield from examples("Updated", report.updated_works)
    yield from examples("Refused", [shown(line) for line in report.refused])
    yield summary(report)


def examples(heading: str, items: list[str]) -> Iterator[str]:
    if not items:
        return
    yield f"{heading}:"
    yield from (f"  {item}" for item in items[:EXAMPLES])
    if len(items) > EXAMPLES:
        yield f"  ... and {len(items) - EXAMPLES:,} more"


def shown(line: Line) -> str:
    where = f"line {line.entry.line}, " if line.entry.line else ""
    return printable(f"{where}{line.entry.accession_number} ({line.entry.filename}): {line.note}")


def summary(report: Report) -> str:
    parts = ", ".join(f"{report.count(outcome):,} {outcome}" for outcome in Outcome)
    would = "Nothing was changed; this is what would happen. " if report.is_rehearsal else ""
    works = f"{report.new_works:,} new works, {len(report.updated_works):,} updated"
    restored = f" {report.restored:,} damaged or missing originals replaced." if report.restored else ""
    return f"{would}{len(report.lines):,} pictures: {parts}. {works}.{restored}"


def write(report: Report, path: Path) -> None:
    """Write the whole report as a CSV table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv_cells.Table(file)
        table.writerow(["line", "accession_number", "filename", "outcome", "note", "warnings"])
        for line in report.lines:
            entry = line.entry
            cells = [
                entry.accession_number,
                entry.filename,
                line.outcome,
                line.note,
                "; ".join(entry.warnings),
            ]
            table.writerow([entry.line or "", *map(printable, cells)])


def printable(text: str) -> str:
    """Return a text that can be printed. A file name may contain bytes that are not valid text."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
