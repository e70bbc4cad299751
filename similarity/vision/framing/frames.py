"""Find works on a wall in a visitor's photograph: what stands out from the smooth area that reaches the border.

The search uses a small copy (192 px). Smooth patches that reach the border are the wall; the rest falls into patches,
and the smallest rectangle around a patch, possibly rotated, is a work. Shadows of frames are tried both as wall and as
not wall, and the inside of mounts is searched too. A painting that fills its photograph yields itself or crops of
itself. They do no harm, because the whole picture is always compared as well.
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

SIDE_PX = 192  # longer side of the small copy; all pixels below are pixels of this copy
SLIMMEST_PX = 24  # least shorter side of the copy; slimmer pictures are not searched
SMOOTH_LEVELS = 14  # of 255: a smooth area changes less across two pixels
BORDER_SHARE = 0.05  # least share of the picture's border that a patch of wall covers
WHOLE_SHARE = 0.93  # a rectangle with this share of the picture shows the same as the whole
WORKS_LIMIT = 3
CROPS_LIMIT = 4  # in total; each costs a pass of the network while a visitor waits
# When pictures are added, a work on a wall covers at most this share of the picture. Larger areas, found in two
# paintings of five, are mostly sheets and mounts. Every photograph of a wall has a smaller area, and so does one
# painting in eight.
ON_WALL_SHARE = 0.7
LEAST_INSIDE = 0.3  # least share of a framed work inside its frame; less is something in the picture
SHADOW_LIGHT = (0.25, 1.05)  # brightness of a shadow as a share of the wall's
SHADOW_HUE = 0.04  # greatest difference between the chromaticities (R, G, B as shares of their sum) of shadow and wall
SKEWED_MOUNT_DEGREES = 4

Pixels = NDArray[np.float32]


def views(picture: Image.Image) -> list[Image.Image]:
    """Return the picture (mode RGB), then at most CROPS_LIMIT crops: works found in it, and the insides of frames.

    Works are upright, the largest first. Only the first two works are searched for frames.
    """
    return [picture, *(cut_out(picture, region) for region in regions(picture))]


def regions(picture: Image.Image) -> list[Rectangle]:
    """Return the crops of `views` in the same order, as rectangles in pixels of the picture (mode RGB)."""
    found = works(picture)
    return (found + [inner for work in found[:2] for inner in inside_frame(picture, work)])[:CROPS_LIMIT]


def on_wall(picture: Image.Image) -> Image.Image | None:
    """Cut out the largest work on a wall in a picture (mode RGB), without its frame if that is found.

    Return None if there is none, or if it covers more than ON_WALL_SHARE of the picture.
    """
    for work in works(picture)[:1]:
        (inmost,) = inside_frame(picture, work) or [work]
        if inmost.share <= ON_WALL_SHARE:
            return cut_out(picture, inmost)
    return None


def inside_frame(picture: Image.Image, work: Rectangle) -> list[Rectangle]:
    """Return the largest region inside a work's frame, if it is large. A plain frame is found like a wall."""
    crop = cut_out(picture, work)
    inner = [one for one in works(crop)[:1] if one.share > LEAST_INSIDE]
    return [placed(one, crop.size, work) for one in inner]


def placed(inner: Rectangle, size_px: tuple[int, int], outer: Rectangle) -> Rectangle:
    """Map a rectangle in a crop of this size (width, height) to the picture that `outer` was cut out of."""
    north_west, south_west, _, north_east = outer.corners
    shares = inner.corners / size_px
    corners = north_west + shares[:, :1] * (north_east - north_west) + shares[:, 1:] * (south_west - north_west)
    return Rectangle(corners, inner.share * outer.share, inner.degrees + outer.degrees)


def works(picture: Image.Image) -> list[Rectangle]:
    """Return the works in a picture (mode RGB) as rectangles in its pixels.

    Shadows are tried as wall and as not wall, and the inside of mounts is searched too.
    """
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
    """Cut out a work, upright and at the picture's resolution."""
    north_west, south_west, _, north_east = work.corners.tolist()
    size = (max(8, round(math.dist(north_west, north_east))), max(8, round(math.dist(north_west, south_west))))
    corners = tuple(work.corners.ravel().tolist())
    return picture.transform(size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)


def reduced(picture: Image.Image, scale: float) -> Pixels:
    """Return the small copy (h, w, 3) float32 in 0..255, each pixel the mean of 3 x 3."""
    width_px, height_px = (round(side * scale) for side in picture.size)
    small = picture.resize((width_px, height_px), Image.Resampling.BILINEAR, reducing_gap=2.0)
    pixels = np.asarray(small, np.float32)
    # Sums of integers are exact in float32; OpenCV's own means are rounded differently at some pixels.
    sums = cv2.boxFilter(pixels, -1, (3, 3), normalize=False, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(sums / 9, np.float32)


def is_smooth(pixels: Pixels) -> Mask:
    """Return where no channel changes by SMOOTH_LEVELS or more, horizontally or vertically."""
    slope = np.zeros(pixels.shape[:2], np.float32)
    slope[:, 1:-1] = np.abs(pixels[:, 2:] - pixels[:, :-2]).max(axis=-1)
    slope[1:-1] = np.maximum(slope[1:-1], np.abs(pixels[2:] - pixels[:-2]).max(axis=-1))
    smooth: Mask = slope < SMOOTH_LEVELS
    return smooth


def wall_mask(smooth: Labels) -> Mask:
    """Return the wall: the smooth patches that cover at least BORDER_SHARE of the picture's border."""
    border = np.concatenate((smooth[0], smooth[-1], smooth[:, 0], smooth[:, -1]))
    counts = np.bincount(border, minlength=int(smooth.max()) + 1)
    counts[0] = 0
    wall: Mask = (counts >= BORDER_SHARE * len(border))[smooth]
    return wall


def with_shadows(pixels: Pixels, smooth: Labels, wall: Mask) -> Mask:
    """Return the wall with its shadows: smooth, darker patches of its hue beside it. Close thin gaps between them."""
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
    """Return upright rectangles inside smooth rings that span at least half of the picture both ways, but not all."""
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
