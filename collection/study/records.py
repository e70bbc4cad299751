"""The records: families of pictures, makers, motifs, works and views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from numpy.random import Generator

from collection.study.canvas import Pixels, Size


@dataclass(frozen=True)
class Motif:
    """One picture to paint. `kind` names the composition, `palette` its colours as "#rrggbb", the ground first."""

    title: str
    kind: str
    palette: tuple[str, ...]
    size: Size


@dataclass(frozen=True)
class Maker:
    """An invented artist or workshop, with its years of activity. Several names are a partnership."""

    names: tuple[str, ...]
    culture: str
    first_year: int
    last_year: int


@dataclass(frozen=True)
class Family:
    """Similar pictures: twelve motifs, one way of painting them, and their possible makers."""

    name: str
    department: str
    classification: str
    mediums: tuple[str, ...]
    long_side_cm: tuple[float, float]  # long sides of the smallest and the largest original
    makers: tuple[Maker, ...]
    notes: Mapping[str, str]  # by kind, a sentence for the description
    motifs: tuple[Motif, ...]
    paint: Callable[[Motif, Generator], Pixels]


@dataclass(frozen=True)
class View:
    """One picture file of a work. `of` is "front", "detail", "verso", or the alteration that made a planted copy."""

    filename: str
    label: str
    of: str


@dataclass(frozen=True)
class Work:
    """A museum record. `copy_of` is the accession number of the work that a planted copy was made from."""

    accession_number: str
    family: str
    number: int
    title: str
    creators: tuple[str, ...]
    date: str
    date_start: int
    date_end: int
    medium: str
    dimensions: str
    classification: str
    department: str
    culture: str
    credit_line: str
    description: str
    published: bool = True
    views: tuple[View, ...] = field(default=())
    copy_of: str = ""
    alteration: str = ""
