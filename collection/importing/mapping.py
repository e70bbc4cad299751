"""Turn a row of a table into an entry: a picture, and the fields of the work that it shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, overload

from collection.importing import values
from collection.importing.reading import Table
from collection.importing.row_index import Row
from collection.models import Artwork, ArtworkImage

TEXTS = {
    "title": "title", "date": "date_display", "medium": "medium", "dimensions": "dimensions",
    "classification": "classification", "department": "department", "credit_line": "credit_line",
}  # fmt: skip
VIEW_LIMIT_CHARS = ArtworkImage.view_label.field.max_length or 0
CREATOR_LIMIT_CHARS = Artwork.creators.field.base_field.max_length or 0
ADDRESSES = {"rights": "rights_uri", "source": "source_url"}


@dataclass
class Entry:
    """One row: a picture file, the work that it shows, and warnings about unusable cells."""

    line: int
    filename: str = ""
    accession_number: str = ""
    view_label: str = ""
    is_published: bool | None = None  # None if the cell is empty or missing
    fields: dict[str, Any] = field(default_factory=dict)  # of an Artwork, without empty ones
    warnings: list[str] = field(default_factory=list)
    refusal: str = ""
    omission: str = ""  # why the file is left out: it is no picture


class TableEntries(Sequence[Entry]):
    """The entries of a table, made from its rows when they are needed."""

    def __init__(self, table: Table, columns: Mapping[str, str]) -> None:
        self.rows, self.columns = table.rows, columns

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Entry]: ...
    def __getitem__(self, place: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(place, slice):
            return [entry(row, self.columns) for row in self.rows[place]]
        return entry(self.rows[place], self.columns)

    def numbers(self) -> Iterator[str]:
        """Yield the accession number of each entry."""
        for row in self.rows:
            yield number_of(cells_of(row, self.columns))


def cells_of(row: Row, columns: Mapping[str, str]) -> dict[str, str]:
    """Return the cells by the names of their fields."""
    return {key: row.cells.get(column) or "" for key, column in columns.items()}


def number_of(cells: Mapping[str, str]) -> str:
    """Return the accession number or, without one, the file's name without its ending."""
    number = values.one_line(cells.get("accession_number", ""))
    return number or values.one_line(PurePosixPath(cells.get("filename", "").strip().replace("\\", "/")).stem)


def entry(row: Row, columns: Mapping[str, str]) -> Entry:
    """Return the entry of a row. Never raise: an unusable cell is a warning, an unusable row has a refusal."""
    cells = cells_of(row, columns)
    found = Entry(row.line, filename=cells.get("filename", "").strip())
    if row.surplus:
        found.refusal = "This row has more cells than the table has columns. Is there a comma outside of quotes?"
    elif not found.filename:
        found.refusal = "This row has no file name."
    read_identity(found, cells)
    read_texts(found, cells)
    read_years(found, cells)
    read_addresses(found, cells)
    return found


def read_identity(found: Entry, cells: Mapping[str, str]) -> None:
    number = number_of(cells)
    if found.filename and not values.one_line(cells.get("accession_number", "")):
        found.warnings.append("no accession number: the file's name is used")
    if len(number) > limit_of("accession_number"):
        found.refusal = found.refusal or f"Its accession number is longer than {limit_of('accession_number')} signs."
    found.accession_number = number
    found.view_label = fitting(found, "view", values.one_line(cells.get("view", "")), VIEW_LIMIT_CHARS)
    try:
        found.is_published = values.truth(cells.get("published", ""))
    except ValueError as error:
        found.is_published = False  # an unclear value does not publish
        found.warnings.append(f"published: {error}")


def read_texts(found: Entry, cells: Mapping[str, str]) -> None:
    for key, name in TEXTS.items():
        found.fields[name] = fitting(found, key, values.one_line(cells.get(key, "")), limit_of(name))
    culture = ", ".join(values.names(cells.get("culture", "")))
    found.fields["culture"] = fitting(found, "culture", culture, limit_of("culture"))
    creators = values.names(cells.get("creator", ""))
    found.fields["creators"] = [fitting(found, "creator", name, CREATOR_LIMIT_CHARS) for name in creators]
    found.fields["description"] = values.plain(cells.get("description", ""))
    found.fields = {name: value for name, value in found.fields.items() if value}


def read_years(found: Entry, cells: Mapping[str, str]) -> None:
    start, end = cells.get("date_start", ""), cells.get("date_end", "")
    try:
        first, last = values.years(start, end)
    except ValueError as error:
        found.warnings.append(f"years left out: {error}")
        return
    if not start.strip() and not end.strip():
        first, last = values.years_of_date(found.fields.get("date_display", ""))
    if first is not None or last is not None:
        found.fields |= {"year_start": first, "year_end": last}


def read_addresses(found: Entry, cells: Mapping[str, str]) -> None:
    for key, name in ADDRESSES.items():
        text = values.one_line(cells.get(key, ""))
        if values.is_web_address(text, limit_of(name)):
            found.fields[name] = text
        elif text:
            found.warnings.append(f"{key} left out: it is no web address")


def fitting(found: Entry, key: str, text: str, limit_chars: int) -> str:
    if len(text) > limit_chars:
        found.warnings.append(f"{key} cut to {limit_chars} signs")
    return values.cut(text, limit_chars)


def limit_of(name: str) -> int:
    """Return the maximum length of a CharField of Artwork in characters."""
    return int(getattr(Artwork, name).field.max_length)
