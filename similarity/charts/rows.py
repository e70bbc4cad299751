"""Charts of rows: to the left of the axis a label, on it a dot or a bar, and behind that its number."""

from collections.abc import Sequence
from dataclasses import dataclass

from similarity.charts.lengths import Tick, px

ROW_PX = 26
PLOT_PX = 160
VALUE_PX = 40
AXIS_PX = 28  # the height of the numbers under an axis
LETTER_PX = 6.8  # mean width of a letter of a label, 12 px high
GAP_PX = 12  # between label and axis


def draw(
    title: str,
    rows: Sequence["Row"],
    width_px: float,
    *,
    ticks: Sequence[Tick] = (),
    legend: Sequence[tuple[str, int]] = (),
) -> "RowChart":
    """`width_px` is what the rows need to the right of the axis, where x is 0."""
    left, bottom = labels_px([row.label for row in rows]), ROW_PX * len(rows) + 6
    return RowChart(
        title=title,
        left=px(-left),
        width=px(left + width_px),
        height=px(bottom + (AXIS_PX if ticks else 0)),
        bottom=px(bottom),
        ticks_y=px(bottom + 16),
        labels_end=px(-GAP_PX),
        rows=[(px((place + 0.5) * ROW_PX), row) for place, row in enumerate(rows)],
        ticks=ticks,
        legend=legend,
    )


def labels_px(labels: Sequence[str]) -> float:
    """The width of a column of labels."""
    return max((len(label) for label in labels), default=0) * LETTER_PX + GAP_PX


@dataclass(frozen=True)
class Dot:
    x: str
    low: str  # where its interval begins; "" where it has none
    high: str


@dataclass(frozen=True)
class Piece:
    """Of a bar."""

    x: str
    width: str
    style: int
    says: str  # for those who do not see it


@dataclass(frozen=True)
class Row:
    label: str
    value: str
    value_x: str
    says: str = ""  # for those who do not see it
    dot: Dot | None = None
    pieces: Sequence[Piece] = ()


@dataclass(frozen=True)
class RowChart:
    title: str
    left: str
    width: str
    height: str
    bottom: str
    ticks_y: str
    labels_end: str
    rows: list[tuple[str, Row]]  # with the height of their middle
    ticks: Sequence[Tick]
    legend: Sequence[tuple[str, int]]  # name, style
