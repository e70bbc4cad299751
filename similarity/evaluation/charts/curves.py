"""Precision-recall curves: recall on the horizontal axis, precision on the vertical axis, both 0..1."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from similarity.evaluation.charts.lengths import STYLES, Tick, number, px, short

WIDTH_PX, HEIGHT_PX = 360, 300
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 48, 348, 12, 252
DESCRIBED_RECALLS = (0.5, 0.75, 0.9)  # recalls at which the description in words states the precision

Point = tuple[float, float]


def draw(title: str, series: Sequence["Series"]) -> "CurveChart":
    steps = [step / 4 for step in range(5)]
    return CurveChart(
        title=title,
        across_name=gettext("Recall"),
        upwards_name=gettext("Precision"),
        across=[Tick(px(x_of(step)), short(step)) for step in steps],
        upwards=[Tick(px(y_of(step)), short(step)) for step in steps],
        lines=[
            Line(one.label, path(one.points), style(one, index), f"{one.label}: {one.says}", in_words(one.points))
            for index, one in enumerate(series)
        ],
    )


def style(one: "Series", index: int) -> int:
    return (index if one.style is None else one.style) % STYLES


def path(points: Sequence[Point]) -> str:
    """Return the `d` attribute of an SVG path through (recall, precision) points, each 0..1."""
    return " ".join(
        f"{'L' if index else 'M'}{px(x_of(recall))} {px(y_of(precision))}"
        for index, (recall, precision) in enumerate(points)
    )


def in_words(points: Sequence[Point]) -> str:
    """Describe a line by its precision at some recalls."""
    described = [
        (least, next((precision for recall, precision in points if recall >= least), None))
        for least in DESCRIBED_RECALLS
    ]
    parts = [
        gettext("%(precision)s at recall %(recall)s") % {"precision": number(precision), "recall": short(least)}
        for least, precision in described
        if precision is not None
    ]
    if not parts:
        return gettext("never reaches recall %(recall)s") % {"recall": short(DESCRIBED_RECALLS[0])}
    return gettext("precision %(values)s") % {"values": ", ".join(parts)}


def x_of(recall: float) -> float:
    return LEFT_PX + recall * (RIGHT_PX - LEFT_PX)


def y_of(precision: float) -> float:
    return BOTTOM_PX - precision * (BOTTOM_PX - TOP_PX)


@dataclass(frozen=True)
class Series:
    label: str
    points: Sequence[Point]
    says: str  # the description of the line in words
    style: int | None = None  # set it to use one style in several charts; else the index of the series is used


@dataclass(frozen=True)
class Line:
    label: str
    path: str
    style: int
    says: str
    shape: str  # the course of the line in words


@dataclass(frozen=True)
class CurveChart:
    """A chart whose own lengths are integers, because templates format decimals by language."""

    title: str
    across: list[Tick]
    upwards: list[Tick]
    lines: list[Line]
    across_name: str
    upwards_name: str
    marks: Sequence[Tick] = ()  # vertical lines
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
        """Return the whole chart in words."""
        parts = [f"{line.says}; {line.shape}" for line in self.lines]
        return "; ".join([*parts, *(mark.label for mark in self.marks)])
