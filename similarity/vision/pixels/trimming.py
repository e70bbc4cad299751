"""Find the plain borders of a picture, such as the white margin of a padded photograph. Uses numpy only."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels; right and bottom are exclusive

LEVELS = 12  # of 255: how far a border's pixels may be from their median, in every channel
SHARE = 0.995  # share of a border line's pixels that are within LEVELS
LEAST_SIDE = 0.15  # share of a side that must remain; otherwise nothing is trimmed
LEAST_PX = 16


def box(pixels: Pixels) -> Box:
    """Return the box of (H, W, 3) uint8 without its plain borders.

    All four sides are trimmed twice: a line is plain only once the borders across its ends are gone.
    """
    height, width = pixels.shape[:2]
    left, top, right, bottom = 0, 0, width, height
    for _ in range(2):
        top += border(pixels[top:bottom, left:right])
        bottom -= border(pixels[top:bottom, left:right][::-1])
        left += border(pixels[top:bottom, left:right].swapaxes(0, 1))
        right -= border(pixels[top:bottom, left:right].swapaxes(0, 1)[::-1])
    is_large = bottom - top >= max(LEAST_SIDE * height, LEAST_PX) and right - left >= max(LEAST_SIDE * width, LEAST_PX)
    return (left, top, right, bottom) if is_large else (0, 0, width, height)


def border(lines: Pixels) -> int:
    """Count the lines (axis 0) of one colour at the start of (N, M, 3) uint8. Return 0 if all lines are plain."""
    count = plain_lines(lines, LEVELS, SHARE)
    return 0 if count == len(lines) else count


def plain_lines(lines: Pixels, levels: int, share: float) -> int:
    """Count the lines (axis 0) at the start of (N, M, 3) uint8 that have the colour of the first one, at most N.

    At least `share` of such a line's pixels are within `levels` of 255 of the first line's median, in every channel.
    Most pictures have no border, so the first line is checked first, then four times as many lines, and so on.
    """
    if not lines.size:
        return 0
    colour = median(lines[0])
    lowest, highest = np.maximum(np.ceil(colour - levels), 0), np.minimum(np.floor(colour + levels), 255)
    count, step = 0, 1
    while count < len(lines):
        block = lines[count : count + step]
        is_plain = within(block, lowest.astype(np.uint8), highest.astype(np.uint8)).mean(axis=1) >= share
        if not is_plain.all():
            return count + int(is_plain.argmin())
        count, step = count + len(block), 4 * step
    return count


def median(line: Pixels) -> NDArray[np.float64]:
    """Return the median colour (3,) of (M, 3) pixels. On lines of a picture this is ten times faster than np.median."""
    places = [(len(line) - 1) // 2, len(line) // 2]
    found: NDArray[np.float64] = np.partition(line, places, axis=0)[places].mean(axis=0, dtype=np.float64)
    return found


def within(block: Pixels, lowest: Pixels, highest: Pixels) -> NDArray[np.bool_]:
    """Return (N, M): whether each pixel of (N, M, 3) is between two colours (3,) in every channel."""
    found = np.ones(block.shape[:2], np.bool_)
    for channel in range(3):  # a reduction over an axis of length 3 is several times slower
        values = block[..., channel]
        found &= (values >= lowest[channel]) & (values <= highest[channel])
    return found
