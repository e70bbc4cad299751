"""The study collection: a small museum painted by code, so that a first start needs no downloads and no licences.

A seed always gives the same bytes with the same versions of numpy and Pillow.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from collection.study import catalogue, metadata, workshop

Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Report no progress."""


def paint(folder: Path, *, seed: int = 1923, works: int = 180, progress: Progress | None = None) -> Path:
    """Paint the collection into `folder` and return the path of its metadata.csv, which is written last.

    Existing pictures of the same seed are kept. `progress` gets the number of finished pictures and of all pictures.
    Raise ValueError if `works` is not a number of works that the collection can have.
    """
    register = catalogue.works(seed, works)
    folder.mkdir(parents=True, exist_ok=True)
    workshop.paint_all(folder, seed, register, progress or silent)
    return metadata.write(folder / "metadata.csv", register)
