"""Plain borders of a picture, such as the white ground that a photograph was padded with. numpy only."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels; right and bottom lie outside

LEVELS = 12  # of 255 by which a border's pixels may differ from their median, in any channel
SHARE = 0.995  # of a line's pixels that are within LEVELS, if the line is border
LEAST_SIDE = 0.15  # of a picture's side that has to be left; of less, nothing is trimmed
LEAST_PX = 16


def box(pixels: Pixels) -> Box:
    """Return what is left of (H, W, 3) without its plain borders.

    The sides are trimmed in turn, twice, since a line is plain only once the borders across its ends are gone.
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
    """Count the plain lines (axis 0) at the beginning of (N, M, 3): all of one colour. 0 if all of them are plain."""
    count = plain_lines(lines, LEVELS, SHARE)
    return 0 if count == len(lines) else count


def plain_lines(lines: Pixels, levels: int, share: float) -> int:
    """Count the lines (axis 0) at the beginning of (N, M, 3) that have the colour of the first one, up to N.

    At least `share` of such a line's pixels lie within `levels` of 255 of the first line's median, in every channel.
    Most pictures have no border, so a few lines are looked at first, then four times as many, and so on.
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
    """(M, 3) -> (3,): as np.median over the pixels, ten times faster on a line as short as a picture's side."""
    places = [(len(line) - 1) // 2, len(line) // 2]
    found: NDArray[np.float64] = np.partition(line, places, axis=0)[places].mean(axis=0, dtype=np.float64)
    return found


def within(block: Pixels, lowest: Pixels, highest: Pixels) -> NDArray[np.bool_]:
    """(N, M, 3) and two colours (3,) -> (N, M): whether a pixel lies between them in every channel."""
    found = np.ones(block.shape[:2], np.bool_)
    for channel in range(3):  # a comparison over the last axis, of only 3 numbers, is several times slower
        values = block[..., channel]
        found &= (values >= lowest[channel]) & (values <= highest[channel])
    return found
