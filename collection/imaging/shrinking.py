"""Make a small PNG of a picture, without metadata, for example for a search by picture."""

import math
from io import BytesIO

from PIL import Image

from collection.imaging import cropping, own_process
from collection.imaging.cropping import Crop
from collection.imaging.formats import JPEG, recognise
from collection.imaging.limits import DEFAULT_LIMITS, Limits
from collection.imaging.opening import fit, open_upright
from collection.imaging.streaming.strips import header_size
from collection.imaging.strictness import EOI, SEQUENTIAL, START_OF_SCAN_CODE, segments
from collection.imaging.traps import START_OF_SCAN

DRAFT_MARGIN = 2  # times the wanted size: a JPEG is decoded at this size or larger, then reduced by a better filter
LARGE_SHARE = 0.45  # of the long side of a large JPEG: libjpeg then decodes it at half its size
QUICK = 1  # zlib level, low: the file is read only once


def shrink(data: bytes, side_px: int, limits: Limits = DEFAULT_LIMITS, crop: Crop | None = None) -> bytes:
    """Return PNG bytes: sRGB, upright, without metadata, long side at most `side_px`, not enlarged. Raise Refused.

    With a crop the PNG shows only the detail, at the resolution of the file. The limits are those of `check`. A large
    picture is decoded in a separate process.
    """
    if own_process.is_needed(header_size(data, limits), limits.process):
        detail = None if crop is None else [crop.x, crop.y, crop.width, crop.height]
        return own_process.run("shrink", data, limits, side_px=side_px, detail=detail)[1]
    return shrink_here(data, side_px, limits, crop)


def shrink_quickly(data: bytes, side_px: int, limits: Limits, crop: Crop | None = None) -> bytes:
    """Do the work of `shrink` in this process, for a picture of any size. Raise Refused.

    A large JPEG is decoded at no more than half its size, even for a detail. The caller refuses other large pictures.
    """
    size = header_size(data, limits)
    largest_px = math.ceil(max(size) * LARGE_SHARE) if own_process.is_needed(size, limits.process) else None
    return shrink_here(data, side_px, limits, crop, largest_px)


def shrinks_on_load(data: bytes) -> bool:
    """Return True for a sequential JPEG with one scan, which libjpeg reduces while reading, in little memory.

    For other JPEGs, libjpeg keeps all coefficients in memory. Other formats are decoded at full size.
    """
    if recognise(data) is not JPEG:
        return False
    begins = dict(segments(data))  # by the code of the marker
    start = begins.get(START_OF_SCAN_CODE)
    if start is None or not SEQUENTIAL & begins.keys():
        return False
    end = data.find(EOI, start)  # another JPEG may follow, such as a preview
    return START_OF_SCAN.search(data, start, end if end >= 0 else len(data)) is None


def shrink_here(data: bytes, side_px: int, limits: Limits, crop: Crop | None, largest_px: int | None = None) -> bytes:
    """Do the work of `shrink` in this process. `largest_px`: a bound on the long side at which a JPEG is decoded."""
    wanted_px = draft_side_px(side_px, crop)
    upright = open_upright(data, wanted_px if largest_px is None else min(wanted_px, largest_px), limits)
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
