"""Where the time goes: one bar a row, made of milliseconds a stage, all to one scale."""

from collections.abc import Mapping, Sequence

from similarity.evaluation.charts import rows
from similarity.evaluation.charts.lengths import STYLES, px
from similarity.evaluation.charts.rows import PLOT_PX, VALUE_PX, Piece, Row, RowChart

BAR_PX = PLOT_PX


def draw(title: str, timed: Sequence[tuple[str, Mapping[str, float]]]) -> RowChart:
    """Stages stand in the order in which they are first met."""
    names = list(dict.fromkeys(name for _, parts in timed for name in parts))
    scale = BAR_PX / (max((sum(parts.values()) for _, parts in timed), default=0) or 1)  # pixels a millisecond
    bars = [row(label, [(name, parts.get(name, 0)) for name in names], scale) for label, parts in timed]
    legend = [(name, place % STYLES) for place, name in enumerate(names)]
    return rows.draw(title, bars, BAR_PX + 1.75 * VALUE_PX, legend=legend)


def row(label: str, parts: Sequence[tuple[str, float]], scale: float) -> Row:
    pieces, at = [], 0.0
    for style, (name, spent_ms) in enumerate(parts):
        if spent_ms > 0:
            pieces.append(Piece(px(at), px(spent_ms * scale), style % STYLES, f"{label}, {name}: {spent_ms:.2f} ms"))
            at += spent_ms * scale
    total_ms = sum(spent_ms for _, spent_ms in parts)
    told = ", ".join(f"{name} {spent_ms:.1f}" for name, spent_ms in parts if spent_ms > 0)
    return Row(label, f"{total_ms:.1f} ms", px(at + 6), f"{label}: {total_ms:.1f} ms ({told})", pieces=pieces)
