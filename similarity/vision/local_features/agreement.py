"""Measure how well two pictures agree where a homography maps one onto the other.

Cells are compared separately, so that a caption, a frame or a reflection cannot decide the result.
"""

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from similarity.vision.local_features.plane import Matrix
from similarity.vision.pixels import contrast

Floats = NDArray[np.float32]
Grey = NDArray[np.uint8]

SIDE_PX = 96  # longest side at which the pictures are compared
BLUR_PX = 3.0  # of the local contrast; homographies with few inliers are off by a pixel or two of 96
CELLS = 6  # cells a side
RIM_SHARE = 0.15  # share of each side that is left out, because frames look alike
LEAST_INSIDE = 0.9  # least share of a cell that the photograph shows
LEAST_CONTRAST = 0.1  # least standard deviation of local contrast in a cell of the picture; padding has less
LEAST_CELLS = 4


def measure(photograph: Grey, picture: Grey, homography: Matrix) -> float:
    """Return -1..1: the median over cells of the correlation of local contrast; 0 if fewer than LEAST_CELLS are usable.

    The photograph is (H, W), the picture (h, w), both uint8 luminance. The homography (3, 3) maps the picture's pixels
    to the photograph's.
    """
    small, seen, inside = aligned(photograph, picture, homography)
    ours, theirs = contrast.local(small, BLUR_PX), contrast.local(seen, BLUR_PX)
    correlations = []
    for cell in cells(small.shape):
        if inside[cell].mean() < LEAST_INSIDE or ours[cell].std() < LEAST_CONTRAST:
            continue
        correlations.append(correlation(ours[cell], theirs[cell]))
    return float(np.median(correlations)) if len(correlations) >= LEAST_CELLS else 0.0


def aligned(photograph: Grey, picture: Grey, homography: Matrix) -> tuple[Floats, Floats, Grey]:
    """Return (h, w) arrays at SIDE_PX: the picture, the photograph mapped onto it, and 1 inside the photograph."""
    height, width = picture.shape
    scale = min(1.0, SIDE_PX / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    shrink = np.diag([size[0] / width, size[1] / height, 1.0])
    # Warp at the picture's own size and then reduce by area, so that fine texture does not alias.
    back = np.linalg.inv(homography)
    upright = cv2.warpPerspective(photograph, back, (width, height), borderMode=cv2.BORDER_REPLICATE)
    everywhere = np.ones(photograph.shape, np.uint8)
    inside = cv2.warpPerspective(everywhere, shrink @ back, size, flags=cv2.INTER_NEAREST)
    small, seen = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (picture, upright))
    return small.astype(np.float32), seen.astype(np.float32), np.asarray(inside, np.uint8)


def cells(shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """Return the slices of CELLS x CELLS cells in the inner part of a picture."""
    down, across = (
        np.linspace(RIM_SHARE * side, (1 - RIM_SHARE) * side, CELLS + 1).round().astype(int) for side in shape[:2]
    )
    return [
        (slice(top, bottom), slice(left, right))
        for top, bottom in pairwise(down)
        for left, right in pairwise(across)
        if bottom > top and right > left
    ]


def correlation(one: Floats, other: Floats) -> float:
    """Return Pearson's correlation, -1..1; 0 if either is constant."""
    one, other = one - one.mean(), other - other.mean()
    return float((one * other).sum() / (np.sqrt((one**2).sum() * (other**2).sum()) + 1e-6))
