"""Scale grey of 16 and 32 bit to 8 bit, without clipping."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DEEP_MODES = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N", "F"})
STRIP_PIXELS = 2**20  # rows are converted to float64 strip by strip, to save memory
CUSTOMARY_WHITES = (1.0, 255.0, 65535.0)


def to_8_bit(image: Image.Image) -> Image.Image:
    """Convert a deep mode to L, or to LA if one level was transparent (PNG's tRNS).

    16 bit: black is 0, white is 65535. 32-bit and floating-point values have no standard white. White is
    the least of 1 (floats only), 255 and 65535 that no value exceeds. If larger values occur, the minimum is black and
    the maximum is white. NaN and infinities count as 0.
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
    """Return the values of black and white."""
    if image.mode.startswith("I;16"):
        return 0.0, 65535.0
    least, most = 0.0, 0.0
    for _, values in strips(image):
        least, most = min(least, float(values.min())), max(most, float(values.max()))
    whites = CUSTOMARY_WHITES if image.mode == "F" else CUSTOMARY_WHITES[1:]
    customary = [white for white in whites if least >= 0 and most <= white]
    return (0.0, customary[0]) if customary else (least, most)


def strips(image: Image.Image) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield (top row, values) from top to bottom; values: (h, W) float64, finite."""
    rows = max(1, STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        values = np.asarray(strip).astype(np.float64)
        yield top, np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)


def transparent_level(image: Image.Image) -> int | None:
    level = image.info.get("transparency")
    return level if isinstance(level, int) else None
