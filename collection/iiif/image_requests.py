"""Parse the parameters of an image request. Nothing here depends on a picture.

Sections are those of the IIIF Image API 3.0.
"""

import re
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext

# Most digits of a number. No picture is larger, and longer numbers would only cost time.
NUMBER = r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})"
PIXEL_REGION = re.compile(r"([0-9]{1,9}),([0-9]{1,9}),([0-9]{1,9}),([0-9]{1,9})")
PERCENT_REGION = re.compile(rf"pct:({NUMBER}),({NUMBER}),({NUMBER}),({NUMBER})")
PIXEL_SIZE = re.compile(r"(!?)([0-9]{1,9})?,([0-9]{1,9})?")
PERCENT_SIZE = re.compile(rf"pct:({NUMBER})")
ROTATION = re.compile(rf"(!?)({NUMBER})")
FULL_TURN = 360
QUALITIES = ("default", "color", "gray", "bitonal")
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}  # by format


class BadRequestError(ValueError):
    """The request is wrong (HTTP 400). The text states the reason and what would be accepted."""


@dataclass(frozen=True)
class Region:
    """The requested region. numbers: x, y, width and height, in pixels or percent of the full image."""

    kind: Literal["full", "square", "pixels", "percent"]
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class Size:
    """The requested size. enlarges: True if the answer may have more pixels than the region (^)."""

    kind: Literal["max", "exact", "confined", "percent"]
    width_px: int | None = None
    height_px: int | None = None
    percent: float = 100
    enlarges: bool = False


@dataclass(frozen=True)
class ImageRequest:
    """All parameters of a request. degrees: 0 to less than 360, clockwise, after mirroring."""

    region: Region
    size: Size
    is_mirrored: bool
    degrees: float
    quality: str
    format: str


def parse(region: str, size: str, rotation: str, quality: str, extension: str) -> ImageRequest:
    """Return the parsed parameters. Raise BadRequestError."""
    is_mirrored, degrees = parse_rotation(rotation)
    if quality not in QUALITIES:
        raise BadRequestError(
            gettext("There is no such quality. The qualities are %(names)s.") % {"names": ", ".join(QUALITIES)}
        )
    if extension not in MEDIA_TYPES:
        raise BadRequestError(
            gettext("This format is not supported. The formats are %(names)s.") % {"names": ", ".join(MEDIA_TYPES)}
        )
    return ImageRequest(parse_region(region), parse_size(size), is_mirrored, degrees, quality, extension)


def parse_region(text: str) -> Region:
    """Read full, square, x,y,w,h or pct:x,y,w,h (4.1). Raise BadRequestError."""
    if text in ("full", "square"):
        return Region("full" if text == "full" else "square")
    if found := PIXEL_REGION.fullmatch(text):
        return Region("pixels", tuple(map(int, found.groups())))
    if found := PERCENT_REGION.fullmatch(text):
        return Region("percent", tuple(map(float, found.groups())))
    raise BadRequestError(gettext("A region is full, square, x,y,w,h in pixels, or pct:x,y,w,h in percent."))


def parse_size(text: str) -> Size:
    """Read max, w, or ,h or w,h or !w,h or pct:n, each also with ^ (4.2). Raise BadRequestError."""
    enlarges = text.startswith("^")
    text = text.removeprefix("^")
    if text == "max":
        return Size("max", enlarges=enlarges)
    if found := PERCENT_SIZE.fullmatch(text):
        return Size("percent", percent=float(found[1]), enlarges=enlarges)
    found = PIXEL_SIZE.fullmatch(text)
    if found and (found[2] or found[3]) and not (found[1] and not (found[2] and found[3])):
        width_px, height_px = (None if side is None else int(side) for side in found.group(2, 3))
        return Size("confined" if found[1] else "exact", width_px, height_px, enlarges=enlarges)
    raise BadRequestError(gettext("A size is max, w, or ,h or w,h or !w,h or pct:n. With ^ before it, it may enlarge."))


def parse_rotation(text: str) -> tuple[bool, float]:
    """Read n or !n (4.3). Return whether to mirror, and the degrees. Raise BadRequestError."""
    found = ROTATION.fullmatch(text)
    if not found or float(found[2]) > FULL_TURN:
        raise BadRequestError(
            gettext("A rotation is a number of degrees from 0 to 360, with ! before it to mirror first.")
        )
    return bool(found[1]), float(found[2]) % FULL_TURN
