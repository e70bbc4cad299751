"""A small, plain copy of a picture, to hand on to whoever only needs its looks."""

import math
from io import BytesIO

from PIL import Image

from collection.imaging import cropping
from collection.imaging.cropping import Crop
from collection.imaging.limits import DEFAULT_LIMITS, Limits
from collection.imaging.opening import fit, open_upright

DRAFT_MARGIN = 2  # a JPEG is decoded at twice the size asked for or more, so that the rest is reduced properly
QUICK = 1  # zlib level: it is read once and thrown away


def shrink(data: bytes, side_px: int, limits: Limits = DEFAULT_LIMITS, crop: Crop | None = None) -> bytes:
    """-> PNG bytes: sRGB, upright, no metadata; long side at most `side_px`, never enlarged. Raises Refused.

    Of the detail alone where there is a crop, as large as the file has it. Holds the file against the same limits as
    `check`, and needs a fraction of its memory for a large JPEG.
    """
    upright = open_upright(data, draft_side_px(side_px, crop), limits)
    if crop is not None:
        upright = cropping.take(upright, crop, limits)
    size = fit(upright.size, side_px)
    if size != upright.size:
        upright = upright.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    packed = BytesIO()
    upright.save(packed, "PNG", compress_level=QUICK)
    return packed.getvalue()


def draft_side_px(side_px: int, crop: Crop | None) -> int:
    """The long side of the whole picture at which what is wanted of it is large enough, whichever way it lies."""
    share = 1.0 if crop is None else min(1.0, crop.width, crop.height)
    return math.ceil(side_px * DRAFT_MARGIN / share)
