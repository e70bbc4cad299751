"""Plain margins around a picture: padding, or a mount of card. Their colour is not a colour of the work."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels; right and bottom are exclusive

NEAR = 6.0  # Delta E of CIE 1976 from the colour of the margin
PLAIN = 0.97  # share of near pixels in a plain line, and in the ring of border pixels
LEAST_SIDE = 0.15  # share of a side that must remain; otherwise nothing is cut off


def box_within(colours: Floats) -> Box:
    """Return the box of (H, W, 3) CIELAB colours without its plain margins.

    A picture has margins only if almost all of its border has one colour. The lines of this colour are cut off from
    each side. Of the 1,775 paintings, prints and drawings of the test collection, 710 have margins, most of them
    white padding. The box is the whole picture if it has none, or if hardly anything would remain.
    """
    height, width = colours.shape[:2]
    border = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    margin = np.median(border, axis=0)
    if is_near(border, margin).mean() < PLAIN:
        return 0, 0, width, height
    near = is_near(colours, margin)
    top, bottom = bounds(near.mean(axis=1) >= PLAIN)
    left, right = bounds(near.mean(axis=0) >= PLAIN)
    if bottom - top < LEAST_SIDE * height or right - left < LEAST_SIDE * width:
        return 0, 0, width, height
    return left, top, right, bottom


def is_near(colours: Floats, margin: Floats) -> NDArray[np.bool_]:
    """Return for each of (..., 3) colours whether it is near the colour (3,) of the margin."""
    found: NDArray[np.bool_] = np.linalg.norm(colours - margin, axis=-1) <= NEAR
    return found


def bounds(is_plain: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the index of the first of (N,) lines that is not plain, and one past the last; (0, 0) if all are plain."""
    kept = np.flatnonzero(~is_plain)
    return (int(kept[0]), int(kept[-1]) + 1) if len(kept) else (0, 0)
