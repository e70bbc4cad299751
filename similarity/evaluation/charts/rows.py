"""Charts of rows: to the left of the axis a label, on it a dot or a bar, and behind that its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from similarity.evaluation.charts.lengths import Tick, px

LINE_PX = 14  # of a label of several lines
ROW_GAP_PX = 12  # between two labels
PLOT_PX = 160
VALUE_PX = 40
AXIS_PX = 28  # the height of the numbers under an axis
LETTER_PX = 6.8  # mean width of a letter of a label, 12 px high
LABEL_LETTERS = 22  # a line; with its plot that is as wide as a telephone
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
    """`width_px` is what the rows need to the right of the axis, where x is 0."""
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
            Placed(px((place + 0.5) * row_px), stacked(label), row)
            for place, (label, row) in enumerate(zip(labels, rows, strict=True))
        ],
        ticks=ticks,
        legend=legend,
        reference=reference,
    )


def lines(label: str) -> list[str]:
    return wrap(label, LABEL_LETTERS, break_long_words=False) or [""]


def stacked(label: Sequence[str]) -> list[tuple[str, str]]:
    """Each line with how far it is from the middle of its row."""
    middle = (len(label) - 1) / 2
    return [(px((place - middle) * LINE_PX), line) for place, line in enumerate(label)]


def labels_px(labels: Sequence[Sequence[str]]) -> float:
    """The width of a column of labels."""
    return max((len(line) for label in labels for line in label), default=0) * LETTER_PX + GAP_PX


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
class Placed:
    y: str  # of its middle
    lines: list[tuple[str, str]]  # of its label, each with its own distance from there
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
    rows: list[Placed]
    ticks: Sequence[Tick]
    legend: Sequence[tuple[str, int]]  # name, style
    reference: Tick | None = None  # a line across all rows

    @property
    def says(self) -> str:
        """All of it in words."""
        line = [self.reference.label] if self.reference else []
        return "; ".join([*(placed.row.says for placed in self.rows), *line])
