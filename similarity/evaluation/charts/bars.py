"""Vertical bars that show counts by number: a histogram."""

from collections.abc import Sequence
from dataclasses import dataclass

from similarity.evaluation.charts.lengths import px

WIDTH_PX, HEIGHT_PX = 340, 168
TOP_PX, BOTTOM_PX = 20, 124  # of the tallest bar; its count is written above it
GAP_PX = 4


def draw(title: str, axis: str, counts: Sequence[int]) -> "BarChart":
    """Return a chart with a bar for each of 0, 1, 2 ..., as high as its count."""
    step, greatest = WIDTH_PX / max(len(counts), 1), max(counts, default=0) or 1
    return BarChart(title, axis, [bar(place, count, step, greatest) for place, count in enumerate(counts)])


def bar(place: int, count: int, step_px: float, greatest: int) -> "Bar":
    high = (BOTTOM_PX - TOP_PX) * count / greatest
    return Bar(
        label=str(place),
        count=count,
        x=px(place * step_px + GAP_PX / 2),
        middle=px((place + 0.5) * step_px),
        y=px(BOTTOM_PX - high),
        count_y=px(BOTTOM_PX - high - 5),
        width=px(step_px - GAP_PX),
        height=px(high),
    )


@dataclass(frozen=True)
class Bar:
    label: str
    count: int
    x: str
    middle: str
    y: str
    count_y: str
    width: str
    height: str


@dataclass(frozen=True)
class BarChart:
    """A chart whose own lengths are integers, because templates format decimals by language."""

    title: str
    axis: str
    bars: list[Bar]
    width: int = WIDTH_PX
    height: int = HEIGHT_PX
    bottom: int = BOTTOM_PX
    labels_y: int = BOTTOM_PX + 16
    axis_y: int = BOTTOM_PX + 36
    middle_x: int = WIDTH_PX // 2

    @property
    def says(self) -> str:
        """Return the whole chart in words."""
        return "; ".join(f"{bar.label}: {bar.count}" for bar in self.bars)
