"""No CSV table that Kindred writes holds a cell that a spreadsheet runs."""

import ast
import csv
import io
from pathlib import Path

import pytest

from collection import csv_cells

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("config", "collection", "similarity", "bench")
WRITERS = {"writer", "DictWriter"}


def written(*cells: object) -> list[str]:
    file = io.StringIO()
    csv_cells.Table(file).writerow(cells)
    return next(csv.reader(io.StringIO(file.getvalue(), newline="")))


@pytest.mark.parametrize("formula", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_formula_becomes_a_text(formula: str) -> None:
    assert written(formula) == [f"'{formula}"]
    assert csv_cells.original(f"'{formula}") == formula


@pytest.mark.parametrize("cell", ["1923.4", "-350", "+12,5", "'tis", "", "a=b"])
def test_other_texts_and_numbers_stay_as_they_are(cell: str) -> None:
    assert written(cell) == [cell]
    assert csv_cells.original(cell) == cell


def test_a_number_stays_a_number() -> None:
    assert csv_cells.neutral(-3) == -3


def test_every_table_is_written_by_the_one_writer() -> None:
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]

    writers = {path.relative_to(ROOT).as_posix() for path in sources if writes_csv(ast.parse(path.read_text()))}

    assert writers == {"collection/csv_cells.py"}


def writes_csv(tree: ast.AST) -> bool:
    """Return True if a module uses a writer of the module csv, whatever it calls it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "csv" and {name.name for name in node.names} & WRITERS:
            return True
        if isinstance(node, ast.Import) and any(name.name == "csv" and name.asname for name in node.names):
            return True
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {f"csv.{name}" for name in WRITERS}:
            return True
    return False
