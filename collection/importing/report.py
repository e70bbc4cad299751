"""The report of an import: a few lines for people, and a CSV table with every row."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO

from collection import csv_cells
from collection.importing.mapping import Entry

EXAMPLES = 10
WARNINGS_LIMIT = 1_000  # different texts that are counted
SPOOL_BYTES = 2**20  # of a report; a longer one is on the disk


class Outcome(StrEnum):
    ADDED = "added"
    HELD = "already held"
    REFUSED = "refused"
    LEFT_OUT = "left out"  # no picture
    MERGED = "merged into other records"


@dataclass(frozen=True)
class Line:
    """One row. The note is the reason of a refusal, or names the work that has the file or the record already."""

    entry: Entry
    outcome: Outcome
    note: str = ""
    damage: str = ""  # what is wrong with a picture that was accepted nevertheless

    @property
    def warnings(self) -> list[str]:
        return [*self.entry.warnings, self.damage] if self.damage else self.entry.warnings


@dataclass
class Examples:
    """The first few texts of a kind, and how many there are."""

    texts: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, text: str) -> None:
        self.count += 1
        if len(self.texts) < EXAMPLES:
            self.texts.append(text)


def spool() -> IO[str]:
    """Return a file without a name for the rows of a report, which may be more than fit into memory."""
    return tempfile.SpooledTemporaryFile(SPOOL_BYTES, "w+", encoding="utf-8", newline="")


@dataclass
class Report:
    """What became of each row. The rows are in a file; counts and a few examples are in memory."""

    new_works: int = 0
    restored: int = 0  # stored originals that were damaged or missing
    is_rehearsal: bool = False
    rows: IO[str] = field(default_factory=spool)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    elsewhere: Examples = field(default_factory=Examples)
    updated_works: Examples = field(default_factory=Examples)  # accession numbers
    refused: Examples = field(default_factory=Examples)
    damaged: Examples = field(default_factory=Examples)
    left_out: Examples = field(default_factory=Examples)
    merged: Examples = field(default_factory=Examples)

    def add(self, line: Line) -> None:
        self.outcomes[line.outcome] += 1
        for warning in line.warnings:
            if warning in self.warnings or len(self.warnings) < WARNINGS_LIMIT:
                self.warnings[warning] += 1
        if line.outcome == Outcome.HELD and line.note:
            self.elsewhere.add(shown(line, line.note))
        if line.outcome == Outcome.MERGED:
            self.merged.add(shown(line, line.note))
        if line.outcome == Outcome.REFUSED:
            self.refused.add(shown(line, line.note))
        if line.outcome == Outcome.LEFT_OUT:
            self.left_out.add(shown(line, line.note))
        if line.damage and line.outcome == Outcome.ADDED:
            self.damaged.add(shown(line, line.damage))
        entry = line.entry
        cells = [entry.accession_number, entry.filename, line.outcome, line.note, "; ".join(line.warnings)]
        csv_cells.Table(self.rows).writerow([entry.line or "", *map(printable, cells)])


def in_words(report: Report) -> Iterator[str]:
    """Return the report as lines for people, the most important last."""
    warnings = [f"{n:,} x {text}" for text, n in report.warnings.most_common()]
    yield from examples("Imported, with something left out", warnings[:EXAMPLES], len(warnings))
    kinds = {
        "Left out, because they are no pictures that can be imported": report.left_out,
        "Held under another number, so no second work was made": report.elsewhere,
        "Merged into another record, and left as they are": report.merged,
        "Updated": report.updated_works,
        "Stored although damaged": report.damaged,
        "Refused": report.refused,
    }
    for heading, found in kinds.items():
        yield from examples(heading, found.texts, found.count)
    yield summary(report)


def examples(heading: str, texts: list[str], count: int) -> Iterator[str]:
    if not texts:
        return
    yield f"{heading}:"
    yield from (f"  {text}" for text in texts)
    if count > len(texts):
        yield f"  ... and {count - len(texts):,} more"


def shown(line: Line, note: str) -> str:
    where = f"line {line.entry.line}, " if line.entry.line else ""
    return printable(f"{where}{line.entry.accession_number} ({line.entry.filename}): {note}")


def summary(report: Report) -> str:
    always = (Outcome.ADDED, Outcome.HELD, Outcome.REFUSED)
    counts = {outcome: report.outcomes[outcome] for outcome in Outcome if outcome is not Outcome.LEFT_OUT}
    parts = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items() if count or outcome in always)
    would = "Nothing was changed; this is what would happen. " if report.is_rehearsal else ""
    restored = f" {report.restored:,} damaged or missing originals replaced." if report.restored else ""
    works = f"{report.new_works:,} new works, {report.updated_works.count:,} updated"
    left_out = f" {report.left_out.count:,} other files left out." if report.left_out.count else ""
    return f"{would}{sum(counts.values()):,} pictures: {parts}. {works}.{restored}{left_out}"


def write(report: Report, path: Path) -> None:
    """Write the whole report as a CSV table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    report.rows.seek(0)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv_cells.Table(file).writerow(["line", "accession_number", "filename", "outcome", "note", "warnings"])
        shutil.copyfileobj(report.rows, file)


def printable(text: str) -> str:
    """Return a text that can be printed. A file name may contain bytes that are not valid text."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
