"""Heat as a drawing: a dark veil over a picture, lifted where the other picture has the like, and a warm glow there,
so that dark paintings show it too. SVG, made on the server."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from collection.models import ArtworkImage
from similarity.explain.explanations import STEPS, Explanation, Heat, Place

THICKEST = 0.75  # opacity of the veil where nothing recurs: the picture must still be recognised
LIFTING = 1.5  # above 1: the veil is lifted early, as kin are seldom half as alike as copies are
GLOW = 0.22
MARK_EDGE = 4.0  # per cent of a side that a mark's centre keeps from the picture's edge
OVERHANG = 3  # cells by which the veil goes beyond the picture, so that its blur does not let light in at the edges


@dataclass(frozen=True)
class Layer:
    """All cells of one brightness, as an SVG path in units of cells."""

    veil: float  # opacities, 0..1
    glow: float
    path: str


@dataclass(frozen=True)
class Mark:
    """Placed in per cent of the picture's sides, so that its size is one on the page, whatever the picture's."""

    number: int
    x: float
    y: float
    words: str  # where that is, for those who listen


@dataclass(frozen=True)
class Drawing:
    """What lies over one picture."""

    image: ArtworkImage
    columns: int
    rows: int
    layers: tuple[Layer, ...]
    marks: tuple[Mark, ...]


def draw(images: Sequence[ArtworkImage], found: Explanation) -> list[Drawing]:
    """One drawing a picture, in the order of the explanation; without veil and marks while there is none."""
    heats = found.heats or (None,) * len(images)
    places = list(zip(*found.marks, strict=True)) or [()] * len(images)
    return [over(image, heat, marks) for image, heat, marks in zip(images, heats, places, strict=True)]


def over(image: ArtworkImage, heat: Heat | None, places: Sequence[Place]) -> Drawing:
    marks = tuple(Mark(number, inside(x), inside(y), words(x, y)) for number, (x, y) in enumerate(places, start=1))
    rows, columns = (0, 0) if heat is None else heat.shape
    return Drawing(image, columns, rows, () if heat is None else layers(heat), marks)


def inside(share: float) -> float:
    """0..1 along a side -> per cent of it, so far from both ends that a mark there is on the picture."""
    return round(min(max(100 * share, MARK_EDGE), 100 - MARK_EDGE), 1)


def layers(heat: Heat) -> tuple[Layer, ...]:
    """(H, W) 0..1 -> the cells of each step of brightness in one path."""
    rows, columns = heat.shape
    cells: dict[int, list[str]] = defaultdict(list)
    for row in range(rows):
        for column in range(columns):
            cells[round(float(heat[row, column]) * STEPS)].append(cell(row, column, rows, columns))
    return tuple(
        Layer(round(THICKEST * (1 - step / STEPS) ** LIFTING, 3), round(GLOW * step / STEPS, 3), "".join(paths))
        for step, paths in sorted(cells.items())
    )


def cell(row: int, column: int, rows: int, columns: int) -> str:
    left = column - (OVERHANG if column == 0 else 0)
    top = row - (OVERHANG if row == 0 else 0)
    right = column + 1 + (OVERHANG if column == columns - 1 else 0)
    bottom = row + 1 + (OVERHANG if row == rows - 1 else 0)
    return f"M{left} {top}H{right}V{bottom}H{left}z"


def words(x: float, y: float) -> str:
    """Where a mark stands, in thirds of the picture."""
    across = ("left", "", "right")[min(int(3 * x), 2)]
    down = ("top", "", "bottom")[min(int(3 * y), 2)]
    return " ".join(part for part in (down, across) if part) or "centre"
