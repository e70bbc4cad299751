"""Plain borders of a picture, such as the white ground that a photograph was padded with. numpy only."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels; right and bottom lie outside

LEVELS = 12  # of 255 by which a border's pixels may differ from their median, in any channel
SHARE = 0.995  # of a line's pixels that are within LEVELS, if the line is border
LEAST_SIDE = 0.15  # of a picture's side that has to be left; of less, nothing is trimmed
LEAST_PX = 16


def trim(pixels: Pixels) -> Pixels:
    """Cut plain borders off (H, W, 3) sRGB. Return a view of the same pixels, the whole if nothing else is left."""
    left, top, right, bottom = box(pixels)
    return pixels[top:bottom, left:right]


def box(pixels: Pixels) -> Box:
    """Return what is left of (H, W, 3) without its plain borders.

    The sides are trimmed in turn, twice, since a line is plain only once the borders across its ends are gone.
    """
    height, width = pixels.shape[:2]
    levels = pixels.astype(np.int16)
    left, top, right, bottom = 0, 0, width, height
    for _ in range(2):
        top += border(levels[top:bottom, left:right])
        bottom -= border(levels[top:bottom, left:right][::-1])
        left += border(levels[top:bottom, left:right].swapaxes(0, 1))
        right -= border(levels[top:bottom, left:right].swapaxes(0, 1)[::-1])
    is_large = bottom - top >= max(LEAST_SIDE * height, LEAST_PX) and right - left >= max(LEAST_SIDE * width, LEAST_PX)
    return (left, top, right, bottom) if is_large else (0, 0, width, height)


def border(lines: NDArray[np.int16]) -> int:
    """Count the plain lines (axis 0) at the beginning of (N, M, 3): all of one colour. 0 if all of them are plain."""
    if not lines.size:
        return 0
    colour = np.median(lines[0], axis=0)
    is_plain = (np.abs(lines - colour).max(axis=2) <= LEVELS).mean(axis=1) >= SHARE
    return 0 if is_plain.all() else int(is_plain.argmin())
