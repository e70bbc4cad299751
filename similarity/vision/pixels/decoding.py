"""Decode picture files. JPEGs are decoded at a fraction of their size (draft mode), which saves most of the time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collection import imaging
from similarity.vision.contract import Canvas
from similarity.vision.pixels import trimming

SMALL_PX = 256  # longest side of the copy that fingerprints are computed from
# The longer side of a JPEG is decoded at this many times the needed size, for the shorter side to be large enough.
DRAFT_SCALE = 1.75


class UnreadableError(ValueError):
    """The picture can't be decoded. The text can be shown to a person."""


@dataclass(frozen=True)
class Decoded:
    """A decoded picture in the two sizes that are needed."""

    canvas: NDArray[np.uint8]  # (H, W, 3) sRGB without plain borders, in the shape of a canvas: the input of networks
    small: NDArray[np.uint8]  # (h, w, 3) sRGB in the picture's proportions, the longer side at most SMALL_PX


def load(path: Path) -> bytes:
    """Read a file's bytes. Raise UnreadableError if it is missing, and OSError for faults of the disk."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableError("The file of this picture is missing from the store.") from None


def read(source: Path | bytes, canvases: Sequence[Canvas]) -> Decoded:
    """Decode an upright sRGB picture in both sizes.

    Raise UnreadableError for faults of the file, and OSError for faults of the disk.
    """
    longest_px = max(max(canvas) for canvas in canvases)
    return reduce(opened(source, longest_px), canvases)


def read_square(path: Path, side_px: int) -> NDArray[np.uint8]:
    """Decode an upright sRGB picture with its borders, squashed to (side, side, 3). Raise as `read` does."""
    return square(opened(path, side_px), side_px)


def opened(source: Path | bytes, side_px: int) -> Image.Image:
    """Open a picture in mode RGB, large enough to be reduced to `side_px`. Raise as `read` does."""
    try:
        data = load(source) if isinstance(source, Path) else source
        return imaging.open_upright(data, round(DRAFT_SCALE * max(side_px, SMALL_PX)), imaging.ADMITTED)
    except imaging.Refused as refusal:
        raise UnreadableError(str(refusal)) from refusal


def reduce(rgb: Image.Image, canvases: Sequence[Canvas]) -> Decoded:
    """Reduce a picture (mode RGB) to both sizes."""
    small = small_copy(rgb)
    return Decoded(on_canvas(rgb, small, canvases), np.asarray(small))


def small_copy(rgb: Image.Image) -> Image.Image:
    """Return a copy of a picture (mode RGB) whose longer side has at most SMALL_PX."""
    small = rgb.copy()
    small.thumbnail((SMALL_PX, SMALL_PX), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return small


def canvas_of(rgb: Image.Image, canvases: Sequence[Canvas]) -> NDArray[np.uint8]:
    """Reduce a picture (mode RGB) to the input of networks: (H, W, 3) uint8."""
    return reduce(rgb, canvases).canvas


def on_canvas(rgb: Image.Image, small: Image.Image, canvases: Sequence[Canvas]) -> NDArray[np.uint8]:
    """Cut off plain borders and squash the rest onto the canvas of the nearest shape: (H, W, 3) uint8.

    The borders are found in the small copy, which takes a tenth of the time.
    """
    scale = rgb.width / small.width, rgb.height / small.height
    left, top, right, bottom = trimming.box(np.asarray(small))
    kept = (left * scale[0], top * scale[1], right * scale[0], bottom * scale[1])
    shape = nearest_shape((kept[2] - kept[0]) / (kept[3] - kept[1]), canvases)
    return np.asarray(rgb.resize(shape, Image.Resampling.BILINEAR, box=kept, reducing_gap=2.0))


def nearest_shape(ratio: float, canvases: Sequence[Canvas]) -> Canvas:
    """Return the canvas whose ratio of width to height differs least from `ratio`, as a factor."""
    return min(canvases, key=lambda canvas: abs(math.log(canvas[0] / canvas[1] / ratio)))


def square(rgb: Image.Image, side_px: int) -> NDArray[np.uint8]:
    """Squash a picture (mode RGB) with its borders to (side, side, 3) uint8."""
    return np.asarray(rgb.resize((side_px, side_px), Image.Resampling.BILINEAR, reducing_gap=2.0))
