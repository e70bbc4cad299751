"""Compute the contrast of colours by WCAG 2, and accents with enough contrast. A colour is "#rrggbb" in lower case."""

from collections.abc import Sequence

LEAST = 4.5  # WCAG 2, success criterion 1.4.3: text of any size
COMFORTABLE = 5.5  # the contrast of derived accents
STEPS = 50  # steps of a derived accent between a colour and black or white

# As in static/css/tokens.css: --paper, --raised, --wash, --field. --on-accent is the last one.
LIGHT = ("#fbfaf8", "#f1eee9", "#f5f3ef", "#ffffff")
DARK = ("#1e1c1b", "#242220", "#1a1918", "#151413")
BLACK, WHITE = "#000000", "#ffffff"


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2, from 0 for black to 1 for white."""
    red, green, blue = (linear(part / 255) for part in parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    """Return the linear light of an sRGB component, both from 0 to 1."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lowest(colour: str, grounds: Sequence[str]) -> float:
    """Return the lowest contrast of a colour on these grounds."""
    return min(contrast(colour, ground) for ground in grounds)


def is_enough(colour: str, grounds: Sequence[str]) -> bool:
    return lowest(colour, grounds) >= LEAST


def adjusted(colour: str, grounds: Sequence[str], least: float = LEAST) -> str:
    """Return the colour, mixed with the least black or white that gives it this contrast on these grounds."""
    end = BLACK if luminance(grounds[0]) > 0.5 else WHITE
    shades = (mixed(colour, end, step / STEPS) for step in range(STEPS + 1))
    return next(shade for shade in shades if lowest(shade, grounds) >= least)


def mixed(colour: str, other: str, share: float) -> str:
    """Return a mixture of two colours. share: that of the other colour, from 0 to 1."""
    pairs = zip(parts(colour), parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def parts(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, each from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
