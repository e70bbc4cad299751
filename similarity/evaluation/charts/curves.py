"""Lines over the unit square: recall to the right, precision upwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from similarity.evaluation.charts.lengths import STYLES, Tick, number, px

WIDTH_PX, HEIGHT_PX = 360, 300
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 48, 348, 12, 252
TOLD_AT = (0.5, 0.75, 0.9)  # recalls

Point = tuple[float, float]


def draw(title: str, series: Sequence["Series"]) -> "CurveChart":
    steps = [step / 4 for step in range(5)]
    return CurveChart(
        title=title,
        across=[Tick(px(x_of(step)), f"{step:g}") for step in steps],
        upwards=[Tick(px(y_of(step)), f"{step:g}") for step in steps],
        lines=[
            Line(one.label, path(one.points), style(one, place), f"{one.label}: {one.says}", in_words(one.points))
            for place, one in enumerate(series)
        ],
    )


def style(one: "Series", place: int) -> int:
    return (place if one.style is None else one.style) % STYLES


def path(points: Sequence[Point]) -> str:
    """(recall, precision) pairs, each 0..1 -> the `d` of an SVG path."""
    return " ".join(
        f"{'L' if place else 'M'}{px(x_of(recall))} {px(y_of(precision))}"
        for place, (recall, precision) in enumerate(points)
    )


def in_words(points: Sequence[Point]) -> str:
    """What a line shows, for those who do not see it."""
    found = [(asked, next((precision for recall, precision in points if recall >= asked), None)) for asked in TOLD_AT]
    told = [f"{number(precision)} at recall {asked:g}" for asked, precision in found if precision is not None]
    return f"precision {', '.join(told)}" if told else f"never reaches recall {TOLD_AT[0]:g}"


def x_of(recall: float) -> float:
    return LEFT_PX + recall * (RIGHT_PX - LEFT_PX)


def y_of(precision: float) -> float:
    return BOTTOM_PX - precision * (BOTTOM_PX - TOP_PX)


@dataclass(frozen=True)
class Series:
    label: str
    points: Sequence[Point]
    says: str  # for those who do not see the line
    style: int | None = None  # the same in several drawings; else by its place


@dataclass(frozen=True)
class Line:
    label: str
    path: str
    style: int
    says: str
    shape: str  # in words


@dataclass(frozen=True)
class CurveChart:
    """The frame's own lengths are whole numbers, which every language writes alike."""

    title: str
    across: list[Tick]
    upwards: list[Tick]
    lines: list[Line]
    width: int = WIDTH_PX
    height: int = HEIGHT_PX
    left: int = LEFT_PX
    right: int = RIGHT_PX
    top: int = TOP_PX
    bottom: int = BOTTOM_PX
    ticks_y: int = BOTTOM_PX + 16
    ticks_x: int = LEFT_PX - 8
    middle_x: int = (LEFT_PX + RIGHT_PX) // 2
    middle_y: int = (TOP_PX + BOTTOM_PX) // 2

    @property
    def says(self) -> str:
        """All of it in words."""
        return "; ".join(f"{line.says}; {line.shape}" for line in self.lines)
