"""Propose regions of a photograph that may be works, outside the wall and the works already recognised.

`framing` finds rectangles that differ from the wall as a whole. This module covers the rest: works that touch each
other, and works whose ground looks like the wall, of which only parts stand out. It proposes too many regions; a region
without a work costs a pass of the network and does no harm.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.vision.framing import frames, outlines
from similarity.vision.framing.outlines import Rectangle
from similarity.vision.pixels import patches
from similarity.vision.pixels.patches import Mask

REGIONS_LIMIT = 4
LEAST_SHARE = 0.03  # least share of the photograph; measured: the smallest of 257 works covers 0.041
LEAST_FILL = 0.12  # least share of a rectangle that differs from the wall: a thin frame around a pale ground has 0.15
LONG = 1.2  # ratio of the sides from which a region may be two works, so that its halves are proposed too
MARGIN_PX = 4  # in pixels of the copy of frames.SIDE_PX: frames and shadows around a recognised picture


def regions(picture: Image.Image, recognised: Sequence[NDArray[np.float32]]) -> list[Rectangle]:
    """Return at most REGIONS_LIMIT rectangles in pixels of the photograph (mode RGB), the largest first.

    `recognised` are outlines (4, 2) in 0..1 of the photograph. The regions may overlap.
    """
    scale = frames.SIDE_PX / max(picture.size)
    if min(picture.size) * scale < frames.SLIMMEST_PX:
        return []
    pixels = frames.reduced(picture, scale)
    smooth = patches.label(frames.is_smooth(pixels))
    rest = ~frames.wall_mask(smooth) & ~covered(recognised, smooth.shape)
    found = [one for patch in outlines.large_patches(rest, 1, 0) for one in around(patch)]
    found = sorted(apart(found, rest.shape), key=lambda one: -one.share)
    return [Rectangle(one.corners / scale, one.share, one.degrees) for one in found[:REGIONS_LIMIT]]


def covered(recognised: Sequence[NDArray[np.float32]], shape: tuple[int, ...]) -> Mask:
    """Return (H, W): True inside the outlines and up to MARGIN_PX around them."""
    mask = np.zeros(shape[:2], np.uint8)
    for outline in recognised:
        cv2.fillConvexPoly(mask, np.round(outline * (shape[1], shape[0])).astype(np.int32), 1)
    return patches.dilate(mask.astype(np.bool_), MARGIN_PX)


def around(patch: Mask) -> list[Rectangle]:
    """Return the smallest rectangle around a patch, and its halves if it is long; nothing if it is small or slim."""
    rectangle, fill = outlines.around(patch)
    if rectangle.share < LEAST_SHARE or fill < LEAST_FILL or outlines.is_slim(rectangle):
        return []
    return [rectangle, *halves(rectangle)]


def halves(rectangle: Rectangle) -> list[Rectangle]:
    """Return the two halves across the longer side; nothing for a rectangle that is not long."""
    north_west, south_west, south_east, north_east = rectangle.corners
    width, height = np.linalg.norm(north_east - north_west), np.linalg.norm(south_west - north_west)
    if max(width, height) < LONG * min(width, height):
        return []
    if width > height:
        top, bottom = (north_west + north_east) / 2, (south_west + south_east) / 2
        parts = [(north_west, south_west, bottom, top), (top, bottom, south_east, north_east)]
    else:
        left, right = (north_west + south_west) / 2, (north_east + south_east) / 2
        parts = [(north_west, left, right, north_east), (left, south_west, south_east, right)]
    return [Rectangle(np.array(corners), rectangle.share / 2, rectangle.degrees) for corners in parts]


def apart(found: Sequence[Rectangle], shape: tuple[int, ...]) -> list[Rectangle]:
    """Return the rectangles without those that show the same as an earlier one."""
    kept: list[Rectangle] = []
    for one in found:
        if not any(outlines.is_same(one, other, shape) for other in kept):
            kept.append(one)
    return kept
