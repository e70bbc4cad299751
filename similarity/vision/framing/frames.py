"""Where works hang in a visitor's photograph: on what is smooth and reached from the picture's border, the wall.

Found in a small copy (192 px): the wall is flooded from the border, what is left falls into patches, and the smallest
rectangle around a patch, perhaps turned, is a work. Shadows of frames are tried both as wall and as not, and a mount
inside a frame is looked into. A painting that fills its photograph yields itself, or crops that do no harm, as the
whole picture is always compared too.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.vision.framing import outlines
from similarity.vision.framing.outlines import Rectangle
from similarity.vision.pixels import patches
from similarity.vision.pixels.patches import Labels, Mask

SIDE_PX = 192  # longer side of the copy in which all is found; pixels below are of this copy
SLIMMEST_PX = 24  # of its shorter side: what is slimmer is no photograph of a wall
SMOOTH_LEVELS = 14  # of 255, across two pixels
BORDER_SHARE = 0.05  # of the picture's border that a smooth patch makes up if it is wall
WHOLE_SHARE = 0.93  # a rectangle that covers as much shows what the whole picture does
WORKS_LIMIT = 3
CROPS_LIMIT = 4  # in all: each costs a pass of the network while a visitor waits
LEAST_INSIDE = 0.3  # of a framed work that is not frame; less is something in the picture
SHADOW_LIGHT = (0.25, 1.05)  # of a shadow, as a share of the wall's
SHADOW_HUE = 0.04  # difference of a shadow's chromaticity from the wall's, each channel's share of their sum
SKEWED_MOUNT_DEGREES = 4

Pixels = NDArray[np.float32]


def views(picture: Image.Image) -> list[Image.Image]:
    """Mode RGB -> the picture itself, then at most CROPS_LIMIT others: the works found in it, upright, the largest
    first, and what is inside the frames of the first two."""
    return [picture, *(cut_out(picture, region) for region in regions(picture))]


def regions(picture: Image.Image) -> list[Rectangle]:
    """Mode RGB -> the crops of `views`, in the same order: at most CROPS_LIMIT rectangles in pixels of the picture."""
    found = works(picture)
    return (found + [inner for work in found[:2] for inner in inside_frame(picture, work)])[:CROPS_LIMIT]


def inside_frame(picture: Image.Image, work: Rectangle) -> list[Rectangle]:
    """Around a work a plain frame is what a wall is around a work; the largest that hangs on it, if it is large."""
    crop = cut_out(picture, work)
    inner = [one for one in works(crop)[:1] if one.share > LEAST_INSIDE]
    return [placed(one, crop.size, work) for one in inner]


def placed(inner: Rectangle, size_px: tuple[int, int], outer: Rectangle) -> Rectangle:
    """A rectangle in a crop of this size (width, height), where it lies in the picture that `outer` was cut out of."""
    north_west, south_west, _, north_east = outer.corners
    shares = inner.corners / size_px
    corners = north_west + shares[:, :1] * (north_east - north_west) + shares[:, 1:] * (south_west - north_west)
    return Rectangle(corners, inner.share * outer.share, inner.degrees + outer.degrees)


def works(picture: Image.Image) -> list[Rectangle]:
    """Mode RGB -> rectangles in pixels of this picture: works with their shadows, without them, and inside mounts."""
    scale = SIDE_PX / max(picture.size)
    if min(picture.size) * scale < SLIMMEST_PX:
        return []
    pixels = reduced(picture, scale)
    smooth = patches.label(is_smooth(pixels))
    wall = wall_mask(smooth)
    found: list[Rectangle] = []
    for candidates in (
        outlines.find(~wall, 2)[:WORKS_LIMIT],
        outlines.find(~with_shadows(pixels, smooth, wall), 3)[:WORKS_LIMIT],
        inside_mounts(smooth),
    ):
        found += [
            one
            for one in candidates
            if one.share < WHOLE_SHARE and not any(outlines.is_same(one, other, wall.shape) for other in found)
        ]
    return [Rectangle(outlines.trim(one.corners) / scale, one.share, one.degrees) for one in found[:CROPS_LIMIT]]


def cut_out(picture: Image.Image, work: Rectangle) -> Image.Image:
    """The work alone, upright, at the resolution it has in the picture."""
    north_west, south_west, _, north_east = work.corners.tolist()
    size = (max(8, round(math.dist(north_west, north_east))), max(8, round(math.dist(north_west, south_west))))
    corners = tuple(work.corners.ravel().tolist())
    return picture.transform(size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)


def reduced(picture: Image.Image, scale: float) -> Pixels:
    """-> (h, w, 3) float32, 0 to 255: the small copy, each pixel the mean of 3 x 3."""
    width_px, height_px = (round(side * scale) for side in picture.size)
    small = picture.resize((width_px, height_px), Image.Resampling.BILINEAR, reducing_gap=2.0)
    pixels = np.asarray(small, np.float32)
    # Sums of integers are exact, so that equal slopes stay equal; the means that OpenCV gives are not.
    sums = cv2.boxFilter(pixels, -1, (3, 3), normalize=False, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(sums / 9, np.float32)


def is_smooth(pixels: Pixels) -> Mask:
    """Where no channel changes much, across or down."""
    slope = np.zeros(pixels.shape[:2], np.float32)
    slope[:, 1:-1] = np.abs(pixels[:, 2:] - pixels[:, :-2]).max(axis=-1)
    slope[1:-1] = np.maximum(slope[1:-1], np.abs(pixels[2:] - pixels[:-2]).max(axis=-1))
    smooth: Mask = slope < SMOOTH_LEVELS
    return smooth


def wall_mask(smooth: Labels) -> Mask:
    """The wall: smooth patches that make up enough of the picture's border."""
    border = np.concatenate((smooth[0], smooth[-1], smooth[:, 0], smooth[:, -1]))
    counts = np.bincount(border, minlength=int(smooth.max()) + 1)
    counts[0] = 0
    wall: Mask = (counts >= BORDER_SHARE * len(border))[smooth]
    return wall


def with_shadows(pixels: Pixels, smooth: Labels, wall: Mask) -> Mask:
    """The wall, and smooth patches beside it of its hue but darker; the thin seams between them are closed."""
    light = pixels.sum(axis=-1) + 1
    hue = pixels / light[..., None]
    counts = patches.sizes(smooth)
    grown = wall.copy()
    for label in np.unique(smooth[patches.dilate(wall, 4) & ~wall & (smooth > 0)]):
        patch = smooth == label
        beside = patches.dilate(patch, 5) & wall
        if counts[label] < 12 or beside.sum() < 8:  # too few pixels for a median
            continue
        is_darker = SHADOW_LIGHT[0] < np.median(light[patch]) / np.median(light[beside]) < SHADOW_LIGHT[1]
        hue_apart = np.abs(np.median(hue[patch], axis=0) - np.median(hue[beside], axis=0)).max()
        if is_darker and hue_apart < SHADOW_HUE:
            grown |= patch
    return patches.erode(patches.dilate(grown, 2), 2) | wall


def inside_mounts(smooth: Labels) -> list[Rectangle]:
    """Upright rectangles inside a smooth ring that spans half of the picture each way, but isn't all of it."""
    height, width = smooth.shape
    counts = patches.sizes(smooth)
    found = []
    for label in np.argsort(-counts)[:4]:
        if counts[label] < 0.06 * width * height:
            break
        ring = smooth == label
        ys, xs = np.nonzero(ring)
        left, right, top, bottom = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
        covers = (right - left) * (bottom - top) / (width * height)
        if right - left < 0.5 * width or bottom - top < 0.5 * height or covers > 0.96:
            continue
        hole = np.zeros_like(ring)
        hole[top:bottom, left:right] = ~ring[top:bottom, left:right]
        for one in outlines.find(hole, 2, least_share=0.1)[:1]:
            low, high = one.corners.min(axis=0), one.corners.max(axis=0)
            is_inside = (low > (left + 1, top + 1)).all() and (high < (right - 1, bottom - 1)).all()
            if is_inside and abs(one.degrees) <= SKEWED_MOUNT_DEGREES:
                found.append(one)
    return found[:2]
