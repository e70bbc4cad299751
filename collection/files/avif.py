"""Encode AVIF copies. A copy is kept only if it is clearly smaller than the WebP that it replaces."""

import logging
from functools import cache

import pyvips

logger = logging.getLogger(__name__)

# Q by the longer side in px. With these values the SSIM is at least that of our WebP (decision 45).
QUALITY = {320: 70, 480: 64, 800: 62, 1200: 60}
# By the side of a WebP in px: the sides of the AVIF that browsers load in its place. The smaller ones are for phones.
IN_PLACE_OF = {480: (320, 480), 1200: (800, 1200)}
EFFORT = 1  # as fast as our WebP
MOST = 0.9  # a kept AVIF has at most this share of the bytes of the WebP


@cache
def can_write() -> bool:
    """Return True if libvips can write AVIF. Log once if it cannot."""
    try:
        encode(pyvips.Image.black(16, 16, bands=3), min(QUALITY))
    except pyvips.Error as error:
        logger.warning("libvips cannot write AVIF, so pictures are served as WebP and JPEG only: %s", error)
        return False
    return True


def smaller_than(webp_bytes: int, image: pyvips.Image, side_px: int) -> bytes:
    """Return the image as AVIF, or b"" if that is not clearly smaller than the WebP of this many bytes.

    Also return b"" if libvips fails: browsers then use the WebP.
    """
    if not can_write():
        return b""
    try:
        data = encode(image, side_px)
    except pyvips.Error as error:
        logger.warning("No AVIF of %s x %s pixels could be written: %s", image.width, image.height, error)
        return b""
    return data if len(data) <= MOST * webp_bytes else b""


def encode(image: pyvips.Image, side_px: int) -> bytes:
    """Return the image as AVIF of the quality for this side. Raise pyvips.Error."""
    data: bytes = image.heifsave_buffer(compression="av1", Q=QUALITY[side_px], effort=EFFORT, keep="none")
    return data
