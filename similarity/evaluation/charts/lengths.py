"""Format lengths and shares as text. Lengths are pixels of the SVG, with y downwards.

Shares are formatted by language. Lengths are not, because SVG needs a decimal point.
"""

from dataclasses import dataclass

from django.utils.formats import number_format

STYLES = 8  # number of fills and dash patterns in the style sheet


def px(length: float) -> str:
    """Return a length as text. A template would format a float by language, in some languages with a comma."""
    return f"{length:.1f}"


def number(share: float) -> str:
    """Return a share 0..1 with two decimals. Only a share of 1 is written as 1.00; others are at most 0.99."""
    return number_format(f"{share if share >= 1 else min(share, 0.99):.2f}")


def short(value: float) -> str:
    """Return a number with as many decimals as it needs."""
    return number_format(f"{value:g}")


def span(low: float, high: float) -> str:
    return f"{number(low)}–{number(high)}"


@dataclass(frozen=True)
class Tick:
    at: str
    label: str
