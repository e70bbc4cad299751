"""Picture files -> arrays. JPEGs are decoded at a fraction of their size (draft mode), which is most of the speed."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collection import imaging

SMALL_PX = 256  # longest side of what fingerprints are taken from
# A JPEG's longer side is decoded at this many times what is needed or more, so that the shorter one is not too short.
DRAFT_SCALE = 1.75


class UnreadableError(ValueError):
    """A picture that can't be decoded; the text is fit to show."""


@dataclass(frozen=True)
class Decoded:
    square: NDArray[np.uint8]  # (side, side, 3) sRGB, squashed: what the network sees
    small: NDArray[np.uint8]  # (h, w, 3) sRGB, sides in proportion, the longer SMALL_PX at most


def load(path: Path) -> bytes:
    """A file's bytes. Raises UnreadableError where there is none, and OSError for what is wrong with the disk."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableError("The file of this picture is missing from the store.") from None


def read(source: Path | bytes, side_px: int) -> Decoded:
    """The upright sRGB picture in both sizes.

    Raises UnreadableError for whatever is wrong with the file, and OSError for what is wrong with the disk.
    """
    try:
        data = load(source) if isinstance(source, Path) else source
        rgb = imaging.open_upright(data, round(DRAFT_SCALE * max(side_px, SMALL_PX)), imaging.ADMITTED)
    except imaging.Refused as refusal:
        raise UnreadableError(str(refusal)) from refusal
    return reduce(rgb, side_px)


def reduce(rgb: Image.Image, side_px: int) -> Decoded:
    """Mode RGB -> both sizes; the picture given is used up."""
    squashed = square(rgb, side_px)
    rgb.thumbnail((SMALL_PX, SMALL_PX), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return Decoded(squashed, np.asarray(rgb))


def square(rgb: Image.Image, side_px: int) -> NDArray[np.uint8]:
    """Mode RGB -> (side, side, 3): what the network sees."""
    return np.asarray(rgb.resize((side_px, side_px), Image.Resampling.BILINEAR, reducing_gap=2.0))
