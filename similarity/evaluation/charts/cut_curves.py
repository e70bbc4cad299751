"""Shares against a cut: the cut on the horizontal axis, shares on the vertical axis, both 0..1."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from similarity.evaluation.charts import curves
from similarity.evaluation.charts.curves import CurveChart, Line, Point
from similarity.evaluation.charts.lengths import STYLES, Tick, number, px, short

DESCRIBED_CUTS = (0.25, 0.5, 0.75, 1.0)  # at which the description in words states the share


@dataclass(frozen=True)
class Shares:
    """A line of (cut, share) points, in the order of the cuts."""

    label: str
    points: Sequence[Point]


def draw(title: str, series: Sequence[Shares], mark: tuple[str, float] | None = None) -> CurveChart:
    """Return a chart of these lines. `mark`: name and cut of a vertical line."""
    chart = curves.draw(title, [])
    return CurveChart(
        title=title,
        across=chart.across,
        upwards=chart.upwards,
        lines=[
            Line(one.label, curves.path(one.points), index % STYLES, one.label, in_words(one.points))
            for index, one in enumerate(series)
        ],
        across_name=gettext("Cut of certainty"),
        upwards_name=gettext("Share"),
        marks=[Tick(px(curves.x_of(mark[1])), f"{mark[0]}: {short(mark[1])}")] if mark else [],
    )


def in_words(points: Sequence[Point]) -> str:
    """Describe a line by its share at DESCRIBED_CUTS. The share at a cut is that of the last point up to it."""
    reached = [(cut, [share for at, share in points if at <= cut]) for cut in DESCRIBED_CUTS]
    parts = [
        gettext("%(share)s at %(cut)s") % {"share": number(shares[-1]), "cut": short(cut)}
        for cut, shares in reached
        if shares
    ]
    return ", ".join(parts) if parts else gettext("no value")
