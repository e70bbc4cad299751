"""Read the rows of a metadata file as text: CSV (comma, semicolon or tab) or JSON lines, in UTF-8.

The whole file is checked first. Its rows stay in the file, because it may be larger than the memory.
"""

import codecs
import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from collection.importing.row_index import FileRows, PlacedLines, Row, RowIndex

CELL_LIMIT_CHARS = 1_000_000
BLOCK_BYTES = 2**20
SUFFIXES = (".csv", ".tsv", ".tab", ".jsonl", ".ndjson")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class MetadataError(ValueError):
    """The file cannot be read as a table. Nothing is imported."""


@dataclass(frozen=True)
class Table:
    columns: list[str]
    rows: Sequence[Row]  # read from the file when they are needed


def read(path: Path) -> Table:
    """Check a whole table. Raise MetadataError with one sentence, or OSError if there is no such file."""
    if path.suffix.lower() not in SUFFIXES:
        raise MetadataError(f"{path.name} should be a table named *.csv, *.tsv or *.jsonl.")
    file = path.open("rb")  # `Table.rows` keeps it open
    check_text(file, path.name)
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return read_json_lines(file, path.name)
    return read_csv(file, path.name, "\t" if path.suffix.lower() in (".tsv", ".tab") else None)


def check_text(file: BinaryIO, name: str) -> None:
    """Raise MetadataError unless the file is in UTF-8 without NUL bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, wrong_line = 1, 0
    for block in iter(lambda: file.read(BLOCK_BYTES), b""):
        if line == 1 and block.startswith(UTF16_MARKS) and file.tell() == len(block):
            raise MetadataError(f"{name} is in UTF-16; please save it as UTF-8.")
        if (at := block.find(b"\0")) >= 0:
            line += block.count(b"\n", 0, at)
            raise MetadataError(f"{name} has a NUL byte in line {line}; it is damaged or no text file.")
        if not wrong_line:
            wrong_line = wrong_line_of(decoder, block, line)
        line += block.count(b"\n")
    if not wrong_line and decoder.getstate()[0]:  # the last character is incomplete
        wrong_line = line
    if wrong_line:
        raise MetadataError(f"{name} is not in UTF-8 (see line {wrong_line}); please save it as UTF-8.")


def wrong_line_of(decoder: codecs.IncrementalDecoder, block: bytes, line: int) -> int:
    """Decode a block that begins on this line. Return the line of the first wrong byte, or 0."""
    pending = len(decoder.getstate()[0])
    try:
        decoder.decode(block)
    except UnicodeDecodeError as error:
        return line + block.count(b"\n", 0, max(0, error.start - pending))
    return 0


def read_csv(file: BinaryIO, name: str, delimiter: str | None = None) -> Table:
    """Check CSV. The first line names the columns. If no delimiter is given, it is derived from that line."""
    csv.field_size_limit(CELL_LIMIT_CHARS)
    lines = PlacedLines(file)
    if delimiter is None:
        head = next((line for line in PlacedLines(file) if line.strip()), "")
        delimiter = max(",;\t", key=head.count)
        lines = PlacedLines(file)
    columns: list[str] = []
    index = RowIndex()
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    start = lines.end
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                if columns:
                    index.add(start, lines.end, rows.line_num)
                else:
                    columns = columns_in(cells, name)
            start = lines.end
    except csv.Error as error:
        raise MetadataError(f"{name} cannot be read near line {rows.line_num}: {error}.") from None
    if not columns:
        raise MetadataError(f"{name} is empty; its first line should name the columns.")

    def parse(text: str, line: int) -> Row:
        (cells,) = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return row_of(columns, line, cells)

    return Table(columns, FileRows(file, index, parse))


def columns_in(cells: list[str], name: str) -> list[str]:
    """Return the names of the columns. Raise MetadataError."""
    columns = [cell.strip() for cell in cells]
    while columns and not columns[-1]:  # trailing commas of a spreadsheet
        columns.pop()
    refuse_repeated(columns, name)
    return columns


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


def read_json_lines(file: BinaryIO, name: str) -> Table:
    """Check one JSON object a line. The keys are the columns, in order of appearance."""
    index, columns = RowIndex(), dict[str, None]()
    start = PlacedLines(file).end
    for number, line in enumerate(file, start=1):
        if line.strip():
            index.add(start, start + len(line), number)
            columns.update(dict.fromkeys(json_cells(line.decode(), number, name)))
        start += len(line)
    if not index.starts:
        raise MetadataError(f"{name} is empty; it should hold one JSON object in each line.")
    refuse_repeated(list(columns), name)
    return Table(list(columns), FileRows(file, index, lambda text, line: Row(line, json_cells(text, line, name))))


def json_cells(text: str, number: int, name: str) -> dict[str, str]:
    """Return the cells of one line. Raise MetadataError."""
    try:
        found = json.loads(text, parse_int=str, parse_float=str)  # 1928.10 is not 1928.1
    except (ValueError, RecursionError):
        raise MetadataError(f"Line {number} of {name} is not valid JSON.") from None
    if not isinstance(found, dict):
        raise MetadataError(f"Line {number} of {name} should be a JSON object, such as {{...}}.")
    return {key.strip(): cell_of(value) for key, value in found.items()}


def cell_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "|".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
