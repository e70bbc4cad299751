"""Shares with their intervals: one row each, a dot on an axis from 0 to 1."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from similarity.evaluation.charts import rows
from similarity.evaluation.charts.lengths import Tick, number, px, short, span
from similarity.evaluation.charts.rows import PLOT_PX, VALUE_PX, Dot, Row, RowChart

NUMBER_PX = 30


def draw(title: str, readings: Sequence["Reading"], reference: tuple[str, float] | None = None) -> RowChart:
    """Return a chart of one row for each reading. `reference`: name and share, 0..1, of a line across all rows."""
    ticks = [Tick(px(PLOT_PX * step / 4), short(step / 4)) for step in range(5)]
    line = Tick(px(PLOT_PX * reference[1]), f"{reference[0]}: {number(reference[1])}") if reference else None
    drawn = [row(reading) for reading in readings]
    return rows.draw(title, drawn, PLOT_PX + VALUE_PX, ticks=ticks, reference=line)


def row(reading: "Reading") -> Row:
    x, value, says = px(PLOT_PX * reading.value), number(reading.value), f"{reading.label}: {number(reading.value)}"
    value_x = px(PLOT_PX + VALUE_PX - NUMBER_PX)
    if reading.interval is None:
        return Row(reading.label, value, value_x, says, Dot(x, "", ""))
    low, high = (px(PLOT_PX * share) for share in reading.interval)
    with_interval = gettext("%(reading)s, 95 %% interval %(interval)s")
    says = with_interval % {"reading": says, "interval": span(*reading.interval)}
    return Row(reading.label, value, value_x, says, Dot(x, low, high))


@dataclass(frozen=True)
class Reading:
    """A share, 0..1, with its interval if it has one."""

    label: str
    value: float
    interval: tuple[float, float] | None = None
