"""A small, plain copy of a picture, to hand on to whoever only needs its looks."""

from io import BytesIO

from PIL import Image

from collection.imaging.limits import DEFAULT_LIMITS, Limits
from collection.imaging.opening import fit, open_upright

DRAFT_MARGIN = 2  # a JPEG is decoded at twice the size asked for or more, so that the rest is reduced properly
QUICK = 1  # zlib level: it is read once and thrown away


def shrink(data: bytes, side_px: int, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """-> PNG bytes: sRGB, upright, no metadata; long side at most `side_px`, never enlarged. Raises Refused.

    Holds the file against the same limits as `check`, and needs a fraction of its memory for a large JPEG.
    """
    upright = open_upright(data, side_px * DRAFT_MARGIN, limits)
    size = fit(upright.size, side_px)
    if size != upright.size:
        upright = upright.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    packed = BytesIO()
    upright.save(packed, "PNG", compress_level=QUICK)
    return packed.getvalue()
