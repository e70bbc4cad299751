"""Make a small PNG of a picture without metadata, such as for a search by picture."""

import math
from io import BytesIO

from PIL import Image

from collection.imaging import cropping, own_process
from collection.imaging.cropping import Crop
from collection.imaging.limits import DEFAULT_LIMITS, Limits
from collection.imaging.opening import fit, open_upright
from collection.imaging.streaming.strips import header_size

DRAFT_MARGIN = 2  # times the wanted size: a JPEG is decoded at this size or larger, then reduced by a better filter
QUICK = 1  # zlib level, low: the file is read only once


def shrink(data: bytes, side_px: int, limits: Limits = DEFAULT_LIMITS, crop: Crop | None = None) -> bytes:
    """Return PNG bytes: sRGB, upright, without metadata, long side at most `side_px`, not enlarged. Raise Refused.

    With a crop the PNG shows only the detail, at the resolution of the file. The limits are those of `check`. A large
    picture is decoded in a process of its own.
    """
    if own_process.is_needed(header_size(data, limits), limits.process):
        detail = None if crop is None else [crop.x, crop.y, crop.width, crop.height]
        return own_process.run("shrink", data, limits, side_px=side_px, detail=detail)[1]
    return shrink_here(data, side_px, limits, crop)


def shrink_here(data: bytes, side_px: int, limits: Limits, crop: Crop | None) -> bytes:
    """Do the work of `shrink` in this process."""
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
    """Return the long side at which to decode the whole picture, so that the detail has `side_px` pixels."""
    share = 1.0 if crop is None else min(1.0, crop.width, crop.height)
    return math.ceil(side_px * DRAFT_MARGIN / share)
