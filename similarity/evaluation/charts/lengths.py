"""Format lengths and shares as text. Lengths are pixels of the SVG, with y downwards."""

from dataclasses import dataclass

STYLES = 8  # number of fills and dash patterns in the style sheet


def px(length: float) -> str:
    """Return a length as text. A template would format a float by language, in some languages with a comma."""
    return f"{length:.1f}"


def number(share: float) -> str:
    """Return a share 0..1 with two decimals. Only a share of 1 is written as 1.00; others are at most 0.99."""
    return f"{share if share >= 1 else min(share, 0.99):.2f}"


def span(low: float, high: float) -> str:
    return f"{number(low)}–{number(high)}"


@dataclass(frozen=True)
class Tick:
    at: str
    label: str
