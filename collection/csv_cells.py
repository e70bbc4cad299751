"""Write CSV tables whose cells no spreadsheet takes for formulas (OWASP: CSV injection)."""

import csv
import re
from collections.abc import Iterable
from typing import Any, Protocol

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")  # such as -350, a year before our era


class Sink(Protocol):
    """Where a table is written to: a file, or anything with its `write`."""

    def write(self, text: str, /) -> object: ...


class Echo:
    """A pseudo-file whose `write` returns the text, so that a response can stream it."""

    def write(self, text: str, /) -> str:
        return text


class Table:
    """A writer like that of the module csv. Texts that begin like a formula get an apostrophe in front."""

    def __init__(self, sink: Sink, lineterminator: str = "\r\n") -> None:
        self.lines = csv.writer(sink, lineterminator=lineterminator)

    def writerow(self, cells: Iterable[Any]) -> Any:
        """Write one row, and return what the sink's `write` returns."""
        return self.lines.writerow([neutral(cell) for cell in cells])

    def writerows(self, rows: Iterable[Iterable[Any]]) -> None:
        for row in rows:
            self.writerow(row)


def neutral(cell: Any) -> Any:
    """Return a text with an apostrophe in front if a spreadsheet could run it. Numbers stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and is_formula(cell) else cell


def is_formula(text: str) -> bool:
    return text.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text)


def original(text: str) -> str:
    """Return the text that `neutral` was given, for tables that Kindred itself reads again."""
    return text[1:] if text.startswith("'") and is_formula(text[1:]) else text
