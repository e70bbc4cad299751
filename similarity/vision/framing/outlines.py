"""Outlines: rectangles, perhaps turned, around the patches of a mask: what a work on a wall looks like from afar."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from similarity.vision.pixels import patches
from similarity.vision.pixels.patches import Mask

MARGIN_PX = 3  # by which outlines lie outside of their works: the mean, the slope and the opening widen them
LEAST_SHARE = 0.02  # of the photograph that a work covers
LEAST_FILL = 0.8  # of its rectangle: a wall that flooded into a painting leaves rags
SLIMMEST_WORK = 0.1  # short side to long side
SAME_SHARE = 0.93  # of two rectangles' areas, and centres at most SAME_PLACE apart: they show the same
SAME_PLACE = 0.02

Coordinates = NDArray[np.int64]


@dataclass(frozen=True)
class Rectangle:
    """corners: (4, 2) x and y in pixels: north-west, south-west, south-east, north-east; share: of the picture."""

    corners: NDArray[np.float64]
    share: float
    degrees: float  # by which it is turned clockwise, -45 to 45


def find(mask: Mask, thread_px: int, least_share: float = LEAST_SHARE) -> list[Rectangle]:
    """The smallest ones around the mask's patches, the largest first; only patches that are rectangles, or nearly."""
    found = [around(patch) for patch in large_patches(mask, thread_px, least_share * LEAST_FILL * mask.size)]
    kept = [one for one, fill in found if one.share >= least_share and fill >= LEAST_FILL and not is_slim(one)]
    return sorted(kept, key=lambda one: -one.share)


def large_patches(mask: Mask, thread_px: int, least: float) -> Iterator[Mask]:
    """Of this many pixels or more, eight at most, the largest first."""
    labels = patches.label(patches.without_thin_parts(mask, thread_px))
    counts = patches.sizes(labels)
    for label in np.argsort(-counts)[:8]:
        if counts[label] and counts[label] >= least:
            yield labels == label


def around(patch: Mask) -> tuple[Rectangle, float]:
    """The smallest one by trial, and what share of it the patch fills."""
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
    border = np.ones(shape, np.bool_)
    border[1:-1, 1:-1] = False
    return border


def cost(xs: Coordinates, ys: Coordinates, degrees: float) -> float:
    """The area of the rectangle at this angle; of two as small, the more upright is better."""
    left, top, right, bottom = sides(xs, ys, degrees)
    return (right - left) * (bottom - top) * (1 + 0.002 * abs(degrees))


def sides(xs: Coordinates, ys: Coordinates, degrees: float) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of pixels (N,) in coordinates turned by so much."""
    angle = math.radians(degrees)
    across = xs * math.cos(angle) + ys * math.sin(angle)
    down = ys * math.cos(angle) - xs * math.sin(angle)
    return float(across.min()), float(down.min()), float(across.max()) + 1, float(down.max()) + 1


def is_slim(one: Rectangle) -> bool:
    width, height = np.linalg.norm(one.corners[3] - one.corners[0]), np.linalg.norm(one.corners[1] - one.corners[0])
    return bool(min(width, height) < SLIMMEST_WORK * max(width, height))


def is_same(one: Rectangle, other: Rectangle, shape: tuple[int, ...]) -> bool:
    apart = np.abs(one.corners.mean(axis=0) - other.corners.mean(axis=0)) / (shape[1], shape[0])
    alike = min(one.share, other.share) > SAME_SHARE * max(one.share, other.share)
    return bool(alike and apart.max() < SAME_PLACE)


def trim(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each side moved inwards by MARGIN_PX, or by a tenth of the rectangle where that is less."""
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
