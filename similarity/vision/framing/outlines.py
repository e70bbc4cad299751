"""Fit rectangles, possibly rotated, around the patches of a mask.

cv2.minAreaRect is not used: it ignores holes and returns any angle, while `around` prefers upright rectangles.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from similarity.vision.pixels import patches
from similarity.vision.pixels.patches import Mask

MARGIN_PX = 3  # by which outlines are too large, because the mean, the slope and the opening widen patches
LEAST_SHARE = 0.02  # least share of the photograph that a work covers
LEAST_FILL = 0.8  # least share of its rectangle that a patch fills; less if parts of the work were taken for wall
SLIMMEST_WORK = 0.1  # least ratio of the shorter to the longer side
SAME_SHARE = 0.93  # least ratio of the areas of two rectangles that show the same work; see SAME_PLACE
SAME_PLACE = 0.02  # greatest distance of their centres, as a share of the picture's sides

Coordinates = NDArray[np.int64]


@dataclass(frozen=True)
class Rectangle:
    """A rectangle in a picture.

    corners: (4, 2) x and y in pixels: north-west, south-west, south-east, north-east. share: of the picture's area.
    """

    corners: NDArray[np.float64]
    share: float
    degrees: float  # clockwise rotation, -45 to 45


def find(mask: Mask, thread_px: int, least_share: float = LEAST_SHARE) -> list[Rectangle]:
    """Return the smallest rectangles around the patches of a mask, the largest first.

    Patches that do not fill their rectangles are left out.
    """
    found = [around(patch) for patch in large_patches(mask, thread_px, least_share * LEAST_FILL * mask.size)]
    kept = [one for one, fill in found if one.share >= least_share and fill >= LEAST_FILL and not is_slim(one)]
    return sorted(kept, key=lambda one: -one.share)


def large_patches(mask: Mask, thread_px: int, least: float) -> Iterator[Mask]:
    """Yield up to eight patches of at least this many pixels, the largest first, after thin parts are removed."""
    labels = patches.label(patches.without_thin_parts(mask, thread_px))
    counts = patches.sizes(labels)
    for label in np.argsort(-counts)[:8]:
        if counts[label] and counts[label] >= least:
            yield labels == label


def around(patch: Mask) -> tuple[Rectangle, float]:
    """Return the smallest rectangle around a patch, in steps of half a degree, and the share that the patch fills."""
    ys, xs = np.nonzero(patch & ~patches.erode(patch, 1) | patch & on_border(patch.shape))
    coarse = min(range(-44, 45, 2), key=lambda degrees: cost(xs, ys, degrees))
    degrees = min((coarse + step / 2 for step in range(-3, 4)), key=lambda degrees: cost(xs, ys, degrees))
    left, top, right, bottom = sides(xs, ys, degrees)
    area = (right - left) * (bottom - top)
    angle = math.radians(degrees)
    turn = np.array(((math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))))
    corners = np.array(((left, top), (left, bottom), (right, bottom), (right, top))) @ turn
    return Rectangle(corners, area / patch.size, degrees), patches.filled_size(patch) / area


def on_border(shape: tuple[int, ...]) -> Mask:
    """Return a mask of this shape that is True on the picture's border."""
    border = np.ones(shape, np.bool_)
    border[1:-1, 1:-1] = False
    return border


def cost(xs: Coordinates, ys: Coordinates, degrees: float) -> float:
    """Return the area of the bounding rectangle at this angle, slightly larger for larger angles to prefer upright."""
    left, top, right, bottom = sides(xs, ys, degrees)
    return (right - left) * (bottom - top) * (1 + 0.002 * abs(degrees))


def sides(xs: Coordinates, ys: Coordinates, degrees: float) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of pixels (N,) in coordinates rotated by this angle."""
    angle = math.radians(degrees)
    across = xs * math.cos(angle) + ys * math.sin(angle)
    down = ys * math.cos(angle) - xs * math.sin(angle)
    return float(across.min()), float(down.min()), float(across.max()) + 1, float(down.max()) + 1


def is_slim(one: Rectangle) -> bool:
    """Return True if the shorter side is less than SLIMMEST_WORK of the longer one."""
    width, height = np.linalg.norm(one.corners[3] - one.corners[0]), np.linalg.norm(one.corners[1] - one.corners[0])
    return bool(min(width, height) < SLIMMEST_WORK * max(width, height))


def is_same(one: Rectangle, other: Rectangle, shape: tuple[int, ...]) -> bool:
    """Return True if two rectangles have nearly the same area and centre. `shape`: height and width of the picture."""
    apart = np.abs(one.corners.mean(axis=0) - other.corners.mean(axis=0)) / (shape[1], shape[0])
    alike = min(one.share, other.share) > SAME_SHARE * max(one.share, other.share)
    return bool(alike and apart.max() < SAME_PLACE)


def trim(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move each side of (4, 2) corners inwards by MARGIN_PX, or by a tenth of the rectangle if that is less."""
    across, down = corners[3] - corners[0], corners[1] - corners[0]
    step_across = across * min(MARGIN_PX / float(np.linalg.norm(across)), 0.1)
    step_down = down * min(MARGIN_PX / float(np.linalg.norm(down)), 0.1)
    inwards = (
        step_across + step_down,
        step_across - step_down,
        -step_across - step_down,
        step_down - step_across,
    )
    moved: NDArray[np.float64] = corners + np.array(inwards)
    return moved
