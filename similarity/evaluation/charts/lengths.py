"""How lengths and shares are written. Lengths are pixels of the drawing, y downwards."""

from dataclasses import dataclass

STYLES = 8  # fills and dash patterns that the style sheet knows


def px(length: float) -> str:
    """Text, as a template would write a number in its language's way."""
    return f"{length:.1f}"


def number(share: float) -> str:
    """0..1; 1.00 means all of them, as nothing below is rounded up to it."""
    return f"{share if share >= 1 else min(share, 0.99):.2f}"


def span(low: float, high: float) -> str:
    return f"{number(low)}–{number(high)}"


@dataclass(frozen=True)
class Tick:
    at: str
    label: str
