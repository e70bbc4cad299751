"""A detail of a picture, in fractions of the upright width and height, because previews differ in size."""

import math
from dataclasses import dataclass
from typing import Self

from PIL import Image

from collection.imaging.limits import Limits
from collection.imaging.refusals import TooSmall, UnusableCrop, gettext_noop

LEAST = 0.01  # of the width, and of the height
ROUNDING = 1e-6  # tolerance: the x + width of a browser may exceed 1 by rounding

NO_NUMBERS = gettext_noop("A detail is marked by four numbers from 0 to 1: x, y, width and height.")
BEYOND = gettext_noop("This detail extends beyond the picture; please mark one that lies within it.")
TOO_NARROW = gettext_noop("This detail is too small; please mark at least %(percent)s %% of the picture each way.")
TOO_FEW_PIXELS = gettext_noop(
    "This detail has only %(width)s by %(height)s pixels; "
    "each side must have at least %(limit)s pixels. Please mark a larger one."
)


@dataclass(frozen=True)
class Crop:
    """A rectangle: x and y of the top left corner, width and height, each 0 to 1. Raise UnusableCrop otherwise."""

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        numbers = (self.x, self.y, self.width, self.height)
        if not all(math.isfinite(number) and number >= 0 for number in numbers):
            raise UnusableCrop(NO_NUMBERS)
        if max(self.x + self.width, self.y + self.height) > 1 + ROUNDING:
            raise UnusableCrop(BEYOND)
        if min(self.width, self.height) < LEAST:
            raise UnusableCrop(TOO_NARROW, percent=f"{LEAST * 100:g}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "x,y,width,height". Raise UnusableCrop."""
        try:
            x, y, width, height = map(float, text.split(","))
        except ValueError:
            raise UnusableCrop(NO_NUMBERS) from None
        return cls(x, y, width, height)


def take(upright: Image.Image, crop: Crop, limits: Limits) -> Image.Image:
    """Return the detail, with every pixel that it includes at least in part. Raise TooSmall if these are too few."""
    left, top = math.floor(crop.x * upright.width), math.floor(crop.y * upright.height)
    right = min(upright.width, math.ceil((crop.x + crop.width) * upright.width))
    bottom = min(upright.height, math.ceil((crop.y + crop.height) * upright.height))
    if min(right - left, bottom - top) < limits.min_side_px:
        shape = {"width": str(right - left), "height": str(bottom - top)}
        raise TooSmall(TOO_FEW_PIXELS, **shape, limit=str(limits.min_side_px))
    return upright.crop((left, top, right, bottom))
