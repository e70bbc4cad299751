"""Grey of 16 and 32 bit -> 8 bit, scaled and never clipped."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DEEP_MODES = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N", "F"})
STRIP_PIXELS = 2**20  # numbers are widened strip by strip, not all at once
CUSTOMARY_WHITES = (1.0, 255.0, 65535.0)


def to_8_bit(image: Image.Image) -> Image.Image:
    """A deep mode -> L, or LA where one level was transparent (PNG's tRNS).

    16 bit: 0 to 65535. For 32-bit and floating-point numbers no white is agreed upon: it is 1 (for floats
    only), 255 or 65535, the least which holds them all; failing that, their own minimum to maximum. NaN and
    infinities count as 0.
    """
    black, white = extent(image)
    clear = transparent_level(image)
    grey = Image.new("L", image.size)
    alpha = Image.new("L", image.size)
    for top, values in strips(image):
        scaled = (values - black) * (255 / (white - black))
        grey.paste(Image.fromarray(np.rint(scaled).astype(np.uint8)), (0, top))
        if clear is not None:
            alpha.paste(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)), (0, top))
    return grey if clear is None else Image.merge("LA", (grey, alpha))


def extent(image: Image.Image) -> tuple[float, float]:
    """Which numbers are black and white."""
    if image.mode.startswith("I;16"):
        return 0.0, 65535.0
    least, most = 0.0, 0.0
    for _, values in strips(image):
        least, most = min(least, float(values.min())), max(most, float(values.max()))
    whites = CUSTOMARY_WHITES if image.mode == "F" else CUSTOMARY_WHITES[1:]
    customary = [white for white in whites if least >= 0 and most <= white]
    return (0.0, customary[0]) if customary else (least, most)


def strips(image: Image.Image) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Pairs of (top row, values (h, W) float64, finite), from top to bottom."""
    rows = max(1, STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        values = np.asarray(strip).astype(np.float64)
        yield top, np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)


def transparent_level(image: Image.Image) -> int | None:
    level = image.info.get("transparency")
    return level if isinstance(level, int) else None
