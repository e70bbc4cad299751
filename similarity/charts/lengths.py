"""How lengths and shares are written. Lengths are pixels of the drawing, y downwards."""

from dataclasses import dataclass

ROW_PX = 26
PLOT_PX = 160
VALUE_PX = 40
AXIS_PX = 28
LETTER_PX = 6.8  # mean width of a letter of a label, 12 px high
STYLES = 8  # fills and dash patterns that the style sheet knows


def px(length: float) -> str:
    """Text, as a template would write a number in its language's way."""
    return f"{length:.1f}"


def labels_px(labels: list[str]) -> float:
    """The width of a column of labels."""
    return max((len(label) for label in labels), default=0) * LETTER_PX + 12


def number(share: float) -> str:
    """0..1; 1.00 means all of them, as nothing below is rounded up to it."""
    return f"{share if share >= 1 else min(share, 0.99):.2f}"


def span(low: float, high: float) -> str:
    return f"{number(low)}–{number(high)}"


@dataclass(frozen=True)
class Tick:
    at: str
    label: str
