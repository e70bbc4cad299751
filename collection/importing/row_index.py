"""Rows of a table that stay in their file: only the place of each is in memory, about 16 bytes a row."""

import io
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, overload

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Row:
    line: int  # the line where the row ends, from 1
    cells: Mapping[str, str]
    surplus: int = 0  # cells beyond the last column


class RowIndex:
    """Where each row of a file begins, how many bytes it has, and on which line it ends."""

    def __init__(self) -> None:
        self.starts, self.sizes, self.lines = array("Q"), array("I"), array("I")

    def add(self, start: int, end: int, line: int) -> None:
        self.starts.append(start)
        self.sizes.append(end - start)
        self.lines.append(line)


class FileRows(Sequence[Row]):
    """Rows that are read from a file when they are needed. `parse`: (text of a row, line) -> Row."""

    def __init__(self, file: BinaryIO, index: RowIndex, parse: Callable[[str, int], Row]) -> None:
        self.file, self.places, self.parse = file, index, parse

    def __len__(self) -> int:
        return len(self.places.starts)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        self.file.seek(self.places.starts[place])
        return self.parse(self.file.read(self.places.sizes[place]).decode(), self.places.lines[place])


class PlacedLines:
    """The lines of a file in UTF-8, with their ends as they are. `end`: the bytes up to the end of the last one."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self.end = len(BOM) if file.read(len(BOM)) == BOM else 0
        file.seek(self.end)
        self.file = file

    def __iter__(self) -> Iterator[str]:
        text = io.TextIOWrapper(self.file, encoding="utf-8", newline="")
        try:
            for line in text:
                self.end += len(line.encode())
                yield line
        finally:
            with suppress(ValueError):  # the file was closed first
                text.detach()  # otherwise it would close the file
