"""Draw heat maps over pictures as SVG: dark where nothing corresponds, with a warm glow where a region does.

The shade alone would not show on dark paintings; the glow does.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from collection.models import ArtworkImage
from similarity.explain.explanations import STEPS, Explanation, Heat, Place

DARKEST = 0.75  # opacity of the shade where the heat is 0: the picture can still be recognised
SHADE_EXPONENT = 1.5  # above 1, so that medium heat is bright already: similar works are less alike than copies are
GLOW = 0.22  # opacity of the glow where the heat is 1
MARK_EDGE = 4.0  # least distance of a mark's centre from the edges, in per cent of a side
THIRDS = (
    (gettext_noop("top left"), gettext_noop("top"), gettext_noop("top right")),
    (gettext_noop("left"), gettext_noop("centre"), gettext_noop("right")),
    (gettext_noop("bottom left"), gettext_noop("bottom"), gettext_noop("bottom right")),
)
OVERHANG = 3  # cells by which the shade exceeds the picture, so that its blur is not lighter at the edges


@dataclass(frozen=True)
class Layer:
    """All cells of one level of heat, as an SVG path in units of cells."""

    shade: float  # opacity, 0 to 1
    glow: float  # opacity, 0 to 1
    path: str


@dataclass(frozen=True)
class Mark:
    """A numbered mark. Its place is in per cent of the sides, so its size does not depend on that of the picture."""

    number: int
    x: float
    y: float
    words: str  # the place in words, for screen readers


@dataclass(frozen=True)
class Drawing:
    """The heat map and the marks that are drawn over one picture."""

    image: ArtworkImage
    columns: int
    rows: int
    layers: tuple[Layer, ...]
    marks: tuple[Mark, ...]


def draw(images: Sequence[ArtworkImage], found: Explanation) -> list[Drawing]:
    """Return a drawing for each picture, in the order of the explanation; empty ones while it is not ready."""
    heats = found.heats or (None,) * len(images)
    places = list(zip(*found.marks, strict=True)) or [()] * len(images)
    return [over(image, heat, marks) for image, heat, marks in zip(images, heats, places, strict=True)]


def over(image: ArtworkImage, heat: Heat | None, places: Sequence[Place]) -> Drawing:
    marks = tuple(Mark(number, inside(x), inside(y), words(x, y)) for number, (x, y) in enumerate(places, start=1))
    rows, columns = (0, 0) if heat is None else heat.shape
    return Drawing(image, columns, rows, () if heat is None else layers(heat), marks)


def inside(share: float) -> float:
    """Return a place along a side (0 to 1) in per cent, moved off the ends so that a mark lies on the picture."""
    return round(min(max(100 * share, MARK_EDGE), 100 - MARK_EDGE), 1)


def layers(heat: Heat) -> tuple[Layer, ...]:
    """Return the cells of a heat map (H, W), 0 to 1, in one path for each of its levels."""
    rows, columns = heat.shape
    cells: dict[int, list[str]] = defaultdict(list)
    for row in range(rows):
        for column in range(columns):
            cells[round(float(heat[row, column]) * STEPS)].append(cell(row, column, rows, columns))
    return tuple(
        Layer(round(DARKEST * (1 - step / STEPS) ** SHADE_EXPONENT, 3), round(GLOW * step / STEPS, 3), "".join(paths))
        for step, paths in sorted(cells.items())
    )


def cell(row: int, column: int, rows: int, columns: int) -> str:
    """Return the SVG path of a cell. Cells at the edges are larger by OVERHANG."""
    left = column - (OVERHANG if column == 0 else 0)
    top = row - (OVERHANG if row == 0 else 0)
    right = column + 1 + (OVERHANG if column == columns - 1 else 0)
    bottom = row + 1 + (OVERHANG if row == rows - 1 else 0)
    return f"M{left} {top}H{right}V{bottom}H{left}z"


def words(x: float, y: float) -> str:
    """Return the third of the picture that a place (0 to 1) lies in, such as "top left" or "centre"."""
    return gettext(THIRDS[min(int(3 * y), 2)][min(int(3 * x), 2)])
