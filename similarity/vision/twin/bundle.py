"""Reduced pictures to train and measure a twin network on, packed into two files for a machine that is offline."""

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collection import csv_cells

STORED_PX = 144
QUALITY = 82
HELD_OUT, TRAINED_ON = "held-out", "train"
PICTURES_FILE, LIST_FILE = "pictures.zip", "pictures.csv"


@dataclass(frozen=True)
class Entry:
    """A line of the list. Pictures of one `work` are its views and copies; a `series` holds works that look alike."""

    name: str
    sha256: str  # of the original file
    work: str
    series: str
    split: str  # HELD_OUT or TRAINED_ON, the same for all pictures of a work
    aspect: float  # width / height, without plain borders


@dataclass(frozen=True)
class Bundle:
    """N pictures, squashed to squares, with their entries."""

    entries: tuple[Entry, ...]
    pictures: NDArray[np.uint8]  # (N, 144, 144, 3) sRGB

    @property
    def aspects(self) -> NDArray[np.float32]:
        return np.array([entry.aspect for entry in self.entries], dtype=np.float32)

    @property
    def works(self) -> NDArray[np.intp]:
        """Return (N,): the number of each picture's work."""
        return numbered(entry.work for entry in self.entries)

    @property
    def series(self) -> NDArray[np.intp]:
        return numbered(entry.series for entry in self.entries)

    @property
    def is_held_out(self) -> NDArray[np.bool_]:
        return np.array([entry.split == HELD_OUT for entry in self.entries])

    def part(self, chosen: NDArray[np.bool_]) -> "Bundle":
        kept = tuple(entry for entry, is_chosen in zip(self.entries, chosen, strict=True) if is_chosen)
        return Bundle(kept, self.pictures[chosen])


def numbered(names: Iterable[str]) -> NDArray[np.intp]:
    return np.unique(list(names), return_inverse=True)[1]


def write(folder: Path, bundle: Bundle) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / PICTURES_FILE, "w") as packed:
        for place, pixels in enumerate(bundle.pictures):
            file = io.BytesIO()
            Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
            packed.writestr(f"{place:06}.jpg", file.getvalue())
    with (folder / LIST_FILE).open("w", newline="", encoding="utf-8") as table:
        lines = csv_cells.Table(table, lineterminator="\n")
        lines.writerow(field.name for field in fields(Entry))
        lines.writerows([getattr(entry, field.name) for field in fields(Entry)] for entry in bundle.entries)


def read(folder: Path) -> Bundle:
    with (folder / LIST_FILE).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    entries = tuple(
        Entry(row["name"], row["sha256"], row["work"], row["series"], row["split"], float(row["aspect"]))
        for row in ({name: csv_cells.original(cell) for name, cell in row.items()} for row in rows)
    )
    with zipfile.ZipFile(folder / PICTURES_FILE) as packed:
        pictures = [np.asarray(Image.open(packed.open(name)).convert("RGB")) for name in sorted(packed.namelist())]
    return Bundle(entries, np.stack(pictures))


def restored(pixels: NDArray[np.uint8], aspect: float) -> Image.Image:
    """Return a stored picture in its own shape, with as many pixels."""
    size = round(STORED_PX * aspect**0.5), round(STORED_PX / aspect**0.5)
    return Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
