"""Charts of rows. Each row has a label to the left of the axis, a dot or a bar, and its number to the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from similarity.evaluation.charts.lengths import Tick, px

LINE_PX = 14  # height of one line of a label
ROW_GAP_PX = 12  # between two rows
PLOT_PX = 160
VALUE_PX = 40
AXIS_PX = 28  # height of the numbers under an axis
LETTER_PX = 6.8  # mean width of a letter of a label, 12 px high
LABEL_LETTERS = 22  # in one line of a label; label and plot together fit the screen of a telephone
GAP_PX = 12  # between label and axis


def draw(
    title: str,
    rows: Sequence["Row"],
    width_px: float,
    *,
    ticks: Sequence[Tick] = (),
    legend: Sequence[tuple[str, int]] = (),
    reference: Tick | None = None,
) -> "RowChart":
    """Return a chart of these rows. x is 0 at the axis. `width_px`: width of the rows to the right of the axis."""
    labels = [lines(row.label) for row in rows]
    left, row_px = labels_px(labels), ROW_GAP_PX + LINE_PX * max(map(len, labels), default=1)
    bottom = row_px * len(rows) + 6
    return RowChart(
        title=title,
        left=px(-left),
        width=px(left + width_px),
        height=px(bottom + (AXIS_PX if ticks else 0)),
        bottom=px(bottom),
        ticks_y=px(bottom + 16),
        labels_end=px(-GAP_PX),
        rows=[
            PlacedRow(px((index + 0.5) * row_px), stacked(label), row)
            for index, (label, row) in enumerate(zip(labels, rows, strict=True))
        ],
        ticks=ticks,
        legend=legend,
        reference=reference,
    )


def lines(label: str) -> list[str]:
    return wrap(label, LABEL_LETTERS, break_long_words=False) or [""]


def stacked(label: Sequence[str]) -> list[tuple[str, str]]:
    """Return each line of a label with its vertical distance from the middle of the row."""
    middle = (len(label) - 1) / 2
    return [(px((index - middle) * LINE_PX), line) for index, line in enumerate(label)]


def labels_px(labels: Sequence[Sequence[str]]) -> float:
    """Return the width of the column of labels."""
    return max((len(line) for label in labels for line in label), default=0) * LETTER_PX + GAP_PX


@dataclass(frozen=True)
class Dot:
    x: str
    low: str  # x of the interval's ends; "" without an interval
    high: str


@dataclass(frozen=True)
class Piece:
    """One segment of a bar."""

    x: str
    width: str
    style: int
    says: str


@dataclass(frozen=True)
class Row:
    label: str
    value: str
    value_x: str
    says: str = ""
    dot: Dot | None = None
    pieces: Sequence[Piece] = ()


@dataclass(frozen=True)
class PlacedRow:
    y: str  # of the row's middle
    lines: list[tuple[str, str]]  # of the label: vertical distance from the middle, and text
    row: Row


@dataclass(frozen=True)
class RowChart:
    title: str
    left: str
    width: str
    height: str
    bottom: str
    ticks_y: str
    labels_end: str
    rows: list[PlacedRow]
    ticks: Sequence[Tick]
    legend: Sequence[tuple[str, int]]  # names and styles
    reference: Tick | None = None  # a line across all rows

    @property
    def says(self) -> str:
        """Return the whole chart in words."""
        line = [self.reference.label] if self.reference else []
        return "; ".join([*(each.row.says for each in self.rows), *line])
