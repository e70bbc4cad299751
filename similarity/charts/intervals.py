"""Dots with their intervals, a row each, on an axis from 0 to 1."""

from collections.abc import Sequence
from dataclasses import dataclass

from similarity.charts.lengths import AXIS_PX, PLOT_PX, ROW_PX, VALUE_PX, Tick, labels_px, number, px, span


def draw(title: str, readings: Sequence["Reading"]) -> "IntervalChart":
    left, bottom = labels_px([reading.label for reading in readings]), ROW_PX * len(readings) + 6
    return IntervalChart(
        title=title,
        width=px(left + PLOT_PX + VALUE_PX),
        height=px(bottom + AXIS_PX),
        bottom=px(bottom),
        ticks_y=px(bottom + 16),
        labels_end=px(left - 12),
        ticks=[Tick(px(left + PLOT_PX * step / 4), f"{step / 4:g}") for step in range(5)],
        dots=[dot(reading, left, (place + 0.5) * ROW_PX) for place, reading in enumerate(readings)],
    )


def dot(reading: "Reading", left: float, y: float) -> "Dot":
    x, low, high = (px(left + PLOT_PX * share) for share in (reading.value, reading.low, reading.high))
    value = number(reading.value)
    says = f"{reading.label}: {value}, 95 % interval {span(reading.low, reading.high)}"
    return Dot(reading.label, px(y), x, low, high, value, says)


@dataclass(frozen=True)
class Reading:
    """A share with its interval, each 0..1."""

    label: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Dot:
    label: str
    y: str
    x: str
    low: str
    high: str
    value: str
    says: str  # for those who do not see it


@dataclass(frozen=True)
class IntervalChart:
    title: str
    width: str
    height: str
    bottom: str
    ticks_y: str
    labels_end: str
    ticks: list[Tick]
    dots: list[Dot]
