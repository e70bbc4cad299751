"""Write metadata.csv: one row per picture. The rows of a work with several pictures share its accession number."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from collection.csv_cells import Table
from collection.study.records import View, Work

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
COLUMNS = (
    "accession_number", "filename", "title", "creator", "date", "date_start", "date_end", "medium", "dimensions",
    "classification", "department", "culture", "credit_line", "rights", "description", "view", "published",
)  # fmt: skip


def write(path: Path, works: Iterable[Work]) -> Path:
    """Write the file under another name and rename it, so that nobody reads a part of it."""
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("w", encoding="utf-8", newline="") as stream:
        table = Table(stream)
        table.writerow(COLUMNS)
        for work in works:
            table.writerows([row(work, view)[name] for name in COLUMNS] for view in work.views)
    unfinished.replace(path)
    return path


def row(work: Work, view: View) -> dict[str, str]:
    """Return the row of a picture. Several creators are joined with a vertical bar."""
    fields = {name: str(getattr(work, name, "")) for name in COLUMNS}
    return fields | {
        "filename": view.filename,
        "creator": "|".join(work.creators),
        "rights": CC0,
        "view": view.label,
        "published": "yes" if work.published else "no",
    }
