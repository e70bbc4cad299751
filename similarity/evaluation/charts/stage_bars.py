"""Time by stage: one bar a row, one segment a stage, all bars to one scale of milliseconds."""

from collections.abc import Mapping, Sequence

from django.utils.formats import number_format

from similarity.evaluation.charts import rows
from similarity.evaluation.charts.lengths import STYLES, px
from similarity.evaluation.charts.rows import PLOT_PX, VALUE_PX, Piece, Row, RowChart

BAR_PX = PLOT_PX


def draw(title: str, timed: Sequence[tuple[str, Mapping[str, float]]]) -> RowChart:
    """Return a chart of (label, milliseconds by stage). Stages are in the order of their first occurrence."""
    names = list(dict.fromkeys(name for _, parts in timed for name in parts))
    scale = BAR_PX / (max((sum(parts.values()) for _, parts in timed), default=0) or 1)  # pixels a millisecond
    bars = [row(label, [(name, parts.get(name, 0)) for name in names], scale) for label, parts in timed]
    legend = [(name, index % STYLES) for index, name in enumerate(names)]
    return rows.draw(title, bars, BAR_PX + 1.75 * VALUE_PX, legend=legend)


def row(label: str, parts: Sequence[tuple[str, float]], scale: float) -> Row:
    pieces, x_px = [], 0.0
    for style, (name, spent_ms) in enumerate(parts):
        if spent_ms > 0:
            pieces.append(
                Piece(
                    px(x_px),
                    px(spent_ms * scale),
                    style % STYLES,
                    f"{label}, {name}: {number_format(f'{spent_ms:.2f}')} ms",
                )
            )
            x_px += spent_ms * scale
    total = number_format(f"{sum(spent_ms for _, spent_ms in parts):.1f}")
    parts_in_words = ", ".join(f"{name} {number_format(f'{spent_ms:.1f}')}" for name, spent_ms in parts if spent_ms > 0)
    return Row(label, f"{total} ms", px(x_px + 6), f"{label}: {total} ms ({parts_in_words})", pieces=pieces)
