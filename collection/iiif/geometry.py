"""Apply a request to a picture of known size: compute which pixels are read and the size of the answer.

The "full image" of the standard is the public image of a picture (collection.files.pyramids).
"""

import math
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from collection.iiif.image_requests import BadRequestError, ImageRequest, Region, Size
from collection.imaging import TILE_PX

AREA_LIMIT_PX = 4096 * 4096  # of an answer, before and after it is rotated
KEPT_PX = 2048 * 2048  # larger answers would fill the store of tiles
ROUNDING = 1e-6
RIGHT_ANGLE = 90  # degrees

Pair = tuple[int, int]  # width and height in pixels
Box = tuple[int, int, int, int]  # x, y, width and height in pixels


@dataclass(frozen=True)
class Plan:
    """The plan of an answer. box: the region in pixels of the full image. size: of the answer before rotation."""

    full: Pair
    box: Box
    size: Pair
    is_mirrored: bool
    degrees: float
    quality: str
    format: str

    @property
    def is_turned(self) -> bool:
        """Return True if the picture is rotated by other than right angles, so that its corners show the ground."""
        return self.degrees % RIGHT_ANGLE != 0

    @property
    def turned_size(self) -> Pair:
        """Return the size of the box around the rotated picture. Pillow may add a pixel to each side."""
        sine, cosine = abs(math.sin(math.radians(self.degrees))), abs(math.cos(math.radians(self.degrees)))
        wide, high = self.size
        return math.ceil(wide * cosine + high * sine - ROUNDING), math.ceil(wide * sine + high * cosine - ROUNDING)

    @property
    def canonical(self) -> str:
        """Return the parameters in their canonical form (4.8)."""
        rotation = f"{'!' if self.is_mirrored else ''}{self.degrees:.9f}".rstrip("0").rstrip(".")
        return f"{self.canonical_region}/{self.canonical_size}/{rotation}/{self.quality}.{self.format}"

    @property
    def canonical_region(self) -> str:
        return "full" if self.box == (0, 0, *self.full) else ",".join(map(str, self.box))

    @property
    def canonical_size(self) -> str:
        region = self.box[2:]
        if self.size == largest(region, self.full, enlarges=False):
            return "max"
        is_larger = exceeds(self.size, region)
        if is_larger and self.size == largest(region, self.full, enlarges=True):
            return "^max"
        return f"{'^' if is_larger else ''}{self.size[0]},{self.size[1]}"


def plan(request: ImageRequest, full: Pair) -> Plan:
    """Return the plan of a request for a picture whose full image has this size. Raise BadRequestError."""
    box = box_of(request.region, full)
    size = size_of(request.size, box[2:], full)
    quality = "default" if request.quality == "color" else request.quality  # the same pixels
    found = Plan(full, box, size, request.is_mirrored, request.degrees, quality, request.format)
    if math.prod(found.turned_size) > AREA_LIMIT_PX:
        raise BadRequestError(
            gettext("After rotation, this answer would exceed maxArea. Please ask for a smaller size.")
        )
    return found


def box_of(region: Region, full: Pair) -> Box:
    """Return the region, clipped at the edges of the picture. Raise BadRequestError if nothing is left."""
    width_px, height_px = full
    if region.kind == "full":
        return 0, 0, width_px, height_px
    if region.kind == "square":
        side_px = min(full)
        return (width_px - side_px) // 2, (height_px - side_px) // 2, side_px, side_px
    x, y, wide, high = region.numbers
    if region.kind == "percent":
        x, wide, y, high = (share * side / 100 for share, side in zip((x, wide, y, high), sides(full), strict=True))
    left, top = round(x), round(y)
    right, bottom = min(width_px, left + round(wide)), min(height_px, top + round(high))
    if right <= left or bottom <= top:
        raise BadRequestError(
            gettext("This region has no pixels of the picture, which has %(width)s by %(height)s.")
            % {"width": width_px, "height": height_px}
        )
    return left, top, right - left, bottom - top


def sides(full: Pair) -> tuple[int, int, int, int]:
    return full[0], full[0], full[1], full[1]


def size_of(size: Size, region: Pair, full: Pair) -> Pair:
    """Return the size of the answer before rotation. Raise BadRequestError if it is empty or too large."""
    found = scaled(size, region, full)
    if min(found) < 1:
        raise BadRequestError(gettext("This size has no pixels."))
    if not size.enlarges and exceeds(found, region):
        raise BadRequestError(
            gettext(
                "This size is larger than the region, which has %(width)s by %(height)s pixels; "
                "put ^ before it to enlarge the region."
            )
            % {"width": region[0], "height": region[1]}
        )
    if exceeds(found, full) or math.prod(found) > AREA_LIMIT_PX:
        raise BadRequestError(
            gettext("This size is larger than maxWidth, maxHeight or maxArea of this picture permit.")
        )
    return found


def scaled(size: Size, region: Pair, full: Pair) -> Pair:
    """Return the size that a region has after scaling. It may be empty or too large."""
    wide, high = region
    if size.kind == "max":
        return largest(region, full, enlarges=size.enlarges)
    if size.kind == "percent":
        return round(wide * size.percent / 100), round(high * size.percent / 100)
    if size.kind == "confined":
        confined = largest(region, (size.width_px or 0, size.height_px or 0), enlarges=size.enlarges, least_px=0)
        limit = largest(region, full, enlarges=size.enlarges)
        return min(confined, limit)
    if size.width_px is None:
        return round(wide * (size.height_px or 0) / high), size.height_px or 0
    return size.width_px, round(high * size.width_px / wide) if size.height_px is None else size.height_px


def largest(region: Pair, limits: Pair, *, enlarges: bool, least_px: int = 1) -> Pair:
    """Return the largest size with the proportions of a region within these limits and AREA_LIMIT_PX."""
    wide, high = region
    scale = min(limits[0] / wide, limits[1] / high, math.sqrt(AREA_LIMIT_PX / (wide * high)))
    if not enlarges:
        scale = min(scale, 1)
    return max(least_px, int(wide * scale + ROUNDING)), max(least_px, int(high * scale + ROUNDING))


def exceeds(size: Pair, limits: Pair) -> bool:
    return size[0] > limits[0] or size[1] > limits[1]


def scale_factors(full: Pair) -> list[int]:
    """Return 1, 2, 4 ... until the full image, divided by the last one, fits into one tile."""
    factors = [1]
    while max(full) > TILE_PX * factors[-1]:
        factors.append(factors[-1] * 2)
    return factors


def reduced(full: Pair, factor: int) -> Pair:
    return -(-full[0] // factor), -(-full[1] // factor)


def sizes(full: Pair) -> list[Pair]:
    """Return the sizes of the full image that are stored once they are rendered, the smallest first."""
    found = [reduced(full, factor) for factor in reversed(scale_factors(full))]
    return [size for size in found if math.prod(size) <= AREA_LIMIT_PX]


def is_standard(wanted: Plan) -> bool:
    """Return True for the tiles and sizes that info.json lists. Each picture has only a few."""
    if wanted.format == "png" or replace(wanted, is_mirrored=False, degrees=0.0, quality="default") != wanted:
        return False
    if math.prod(wanted.size) > KEPT_PX:
        return False
    left, top, wide, high = wanted.box
    if wanted.box == (0, 0, *wanted.full) and wanted.size in sizes(wanted.full):
        return True
    return any(
        left % (TILE_PX * factor) == 0
        and top % (TILE_PX * factor) == 0
        and wide == min(TILE_PX * factor, wanted.full[0] - left)
        and high == min(TILE_PX * factor, wanted.full[1] - top)
        and wanted.size == reduced((wide, high), factor)
        for factor in scale_factors(wanted.full)
    )
