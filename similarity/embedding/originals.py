"""Decode originals in an embedding worker. `collection.imaging` decodes large ones in a process of its own.

A large picture arrives here reduced. Every other picture is decoded in the worker, which is faster.
"""

import dataclasses
import math
from collections.abc import Sequence

from PIL import Image

from collection import imaging
from similarity.vision.contract import Canvas
from similarity.vision.pixels import decoding

# An embedding worker waits only this long for its turn, because visitors' searches wait behind it.
WAIT_S = 5
LIMITS = dataclasses.replace(imaging.ADMITTED, process=imaging.ProcessLimits(wait_s=WAIT_S))
# The short side of a reduced picture, in sides of the largest canvas: plain borders may take three quarters of it.
MARGIN = 4
REDUCED_MP = 8  # at most, so that a long scroll needs little memory too


def read(data: bytes, canvases: Sequence[Canvas]) -> decoding.Decoded:
    """Decode an upright sRGB picture in both sizes. Raise as `opened` does."""
    return decoding.reduce(opened(data, canvases), canvases)


def opened(data: bytes, canvases: Sequence[Canvas]) -> Image.Image:
    """Decode an upright sRGB picture (mode RGB), large enough for every canvas.

    Raise imaging.Busy, decoding.UnreadableError or OSError.
    """
    side_px = max(max(canvas) for canvas in canvases)
    return reduced_apart(data, side_px) or decoding.opened(data, side_px)


def reduced_apart(data: bytes, side_px: int) -> Image.Image | None:
    """Return a large picture (mode RGB, upright sRGB), reduced in a process of its own. Return None for any other.

    It is large enough to be reduced further to `side_px`, without its plain borders. Raise imaging.Busy if other
    large pictures are being decoded, decoding.UnreadableError for faults of the file, and OSError.
    """
    try:
        size = imaging.header_size(data, LIMITS)
        return imaging.reduce(data, long_side_px(size, side_px), LIMITS) if is_large(size) else None
    except imaging.Busy:
        raise
    except imaging.Refused as refusal:
        raise decoding.UnreadableError(str(refusal)) from refusal


def is_large(size: tuple[int, int]) -> bool:
    """Return True if a picture of this (width, height) in pixels is decoded in a process of its own."""
    return imaging.needs_own_process(size, LIMITS.process)


def long_side_px(size: tuple[int, int], side_px: int) -> int:
    """Return the long side in pixels to which a picture of this (width, height) is reduced. It is not enlarged.

    The short side then has MARGIN * `side_px`, or fewer if the picture would have more than REDUCED_MP megapixels.
    """
    long_px, short_px = max(size), min(size)
    scale = min(1.0, MARGIN * side_px / short_px, math.sqrt(REDUCED_MP * 1e6 / (long_px * short_px)))
    return math.ceil(long_px * scale)
