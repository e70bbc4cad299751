"""Read the rows of a metadata file as text: CSV (comma, semicolon or tab) or JSON lines, in UTF-8."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CELL_LIMIT_CHARS = 1_000_000
SUFFIXES = (".csv", ".tsv", ".tab", ".jsonl", ".ndjson")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class MetadataError(ValueError):
    """The file cannot be read as a table. Nothing is imported."""


@dataclass(frozen=True)
class Row:
    line: int  # the line where the row ends, from 1
    cells: Mapping[str, str]
    surplus: int = 0  # cells beyond the last column


@dataclass(frozen=True)
class Table:
    columns: list[str]
    rows: list[Row]


def read(path: Path) -> Table:
    """Read a table. Raise MetadataError with one sentence, or OSError if there is no such file."""
    if path.suffix.lower() not in SUFFIXES:
        raise MetadataError(f"{path.name} should be a table named *.csv, *.tsv or *.jsonl.")
    text = decode(path.read_bytes(), path.name)
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return read_json_lines(text, path.name)
    return read_csv(text, path.name, "\t" if path.suffix.lower() in (".tsv", ".tab") else None)


def decode(data: bytes, name: str) -> str:
    if data.startswith(UTF16_MARKS):
        raise MetadataError(f"{name} is in UTF-16; please save it as UTF-8.")
    if (at := data.find(b"\0")) >= 0:
        raise MetadataError(f"{name} has a NUL byte in line {line_of(data, at)}; it is damaged or no text file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = line_of(data, error.start)
        raise MetadataError(f"{name} is not in UTF-8 (see line {line}); please save it as UTF-8.") from None


def line_of(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def read_csv(text: str, name: str, delimiter: str | None = None) -> Table:
    """Read CSV. The first line names the columns. If no delimiter is given, it is derived from that line."""
    csv.field_size_limit(CELL_LIMIT_CHARS)
    if delimiter is None:
        head = text.lstrip().partition("\n")[0]
        delimiter = max(",;\t", key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        filled = [(lines.line_num, cells) for cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise MetadataError(f"{name} cannot be read near line {lines.line_num}: {error}.") from None
    if not filled:
        raise MetadataError(f"{name} is empty; its first line should name the columns.")
    columns = [cell.strip() for cell in filled[0][1]]
    while columns and not columns[-1]:  # trailing commas of a spreadsheet
        columns.pop()
    refuse_repeated(columns, name)
    return Table(columns, [row_of(columns, line, cells) for line, cells in filled[1:]])


def refuse_repeated(columns: list[str], name: str) -> None:
    if "" in columns:
        raise MetadataError(f"{name} has no name for column {columns.index('') + 1}.")
    seen: set[str] = set()
    for column in columns:
        if column.casefold() in seen:
            raise MetadataError(f"{name} has two columns named {column}.")
        seen.add(column.casefold())


def row_of(columns: list[str], line: int, cells: list[str]) -> Row:
    """Return a row, which may be shorter than the header. Cells beyond the last column are counted if not empty."""
    surplus = sum(bool(cell.strip()) for cell in cells[len(columns) :])
    return Row(line, dict(zip(columns, cells, strict=False)), surplus)


def read_json_lines(text: str, name: str) -> Table:
    """Read one JSON object a line. The keys are the columns, in order of appearance."""
    rows = [Row(line, cells) for line, cells in json_objects(text, name)]
    if not rows:
        raise MetadataError(f"{name} is empty; it should hold one JSON object in each line.")
    columns = list(dict.fromkeys(column for row in rows for column in row.cells))
    refuse_repeated(columns, name)
    return Table(columns, rows)


def json_objects(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line, parse_int=str, parse_float=str)  # 1928.10 is not 1928.1
        except (ValueError, RecursionError):
            raise MetadataError(f"Line {number} of {name} is not valid JSON.") from None
        if not isinstance(found, dict):
            raise MetadataError(f"Line {number} of {name} should be a JSON object, such as {{...}}.")
        yield number, {key.strip(): cell_of(value) for key, value in found.items()}


def cell_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "|".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
