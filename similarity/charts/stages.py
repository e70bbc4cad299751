"""Where the time goes: one bar a row, made of milliseconds a stage, all to one scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from similarity.charts.lengths import PLOT_PX, ROW_PX, STYLES, VALUE_PX, labels_px, px

BAR_PX = 2 * PLOT_PX


def draw(title: str, rows: Sequence[tuple[str, Mapping[str, float]]]) -> "StageChart":
    """Stages stand in the order in which they are first met."""
    names = list(dict.fromkeys(name for _, parts in rows for name in parts))
    left = labels_px([label for label, _ in rows])
    scale = BAR_PX / (max((sum(parts.values()) for _, parts in rows), default=0) or 1)  # pixels a millisecond
    bars = [bar(label, [(name, parts.get(name, 0)) for name in names], left, scale) for label, parts in rows]
    return StageChart(
        title=title,
        width=px(left + BAR_PX + 2 * VALUE_PX),
        height=px(ROW_PX * len(rows) + 6),
        labels_end=px(left - 12),
        bars=[(px(place * ROW_PX + 5), px((place + 0.5) * ROW_PX), one) for place, one in enumerate(bars)],
        legend=[(name, place % STYLES) for place, name in enumerate(names)],
    )


def bar(label: str, parts: Sequence[tuple[str, float]], left: float, scale: float) -> "Bar":
    pieces, at = [], left
    for style, (name, spent_ms) in enumerate(parts):
        if spent_ms > 0:
            pieces.append(Piece(px(at), px(spent_ms * scale), style % STYLES, f"{label}, {name}: {spent_ms:.2f} ms"))
            at += spent_ms * scale
    return Bar(label, pieces, px(at + 6), f"{sum(spent_ms for _, spent_ms in parts):.1f} ms")


@dataclass(frozen=True)
class Piece:
    x: str
    width: str
    style: int
    says: str  # for those who do not see it


@dataclass(frozen=True)
class Bar:
    label: str
    pieces: list[Piece]
    end: str
    total: str


@dataclass(frozen=True)
class StageChart:
    title: str
    width: str
    height: str
    labels_end: str
    bars: list[tuple[str, str, Bar]]  # top, middle
    legend: list[tuple[str, int]]  # name, style
