"""Picture files -> arrays. JPEGs are decoded at a fraction of their size (draft mode), which is most of the speed."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collection import imaging

SMALL_PX = 256  # longest side of what fingerprints are taken from


class UnreadableError(ValueError):
    """A picture that can't be decoded; the text is fit to show."""


@dataclass(frozen=True)
class Decoded:
    square: NDArray[np.uint8]  # (side, side, 3) sRGB, squashed: what the network sees
    small: NDArray[np.uint8]  # (h, w, 3) sRGB, sides in proportion, the longer SMALL_PX at most


def read(source: Path | bytes, side_px: int) -> Decoded:
    """The upright sRGB picture in both sizes. Raises UnreadableError, whatever is wrong with the file."""
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
        return reduce(imaging.open_header(data, imaging.ADMITTED), side_px)
    except FileNotFoundError:
        raise UnreadableError("The file of this picture is missing from the store.") from None
    except imaging.Refused as refusal:
        raise UnreadableError(str(refusal)) from refusal
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise UnreadableError(f"This picture could not be decoded: {error}") from error


def reduce(image: Image.Image, side_px: int) -> Decoded:
    image.draft(None, (max(side_px, SMALL_PX), max(side_px, SMALL_PX)))  # None: keep the mode, CMYK included
    rgb = imaging.to_srgb(image)
    square = rgb.resize((side_px, side_px), Image.Resampling.BILINEAR, reducing_gap=2.0)
    rgb.thumbnail((SMALL_PX, SMALL_PX), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return Decoded(np.asarray(square), np.asarray(rgb))
