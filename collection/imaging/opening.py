"""Bytes -> a picture whose header was read and checked, then -> pixels; whatever goes wrong is a refusal."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from collection.imaging.colour import to_srgb
from collection.imaging.formats import Format, recognise
from collection.imaging.limits import DEFAULT_LIMITS, Limits, check_shape, check_size
from collection.imaging.refusals import (
    Damaged,
    PreviewOnly,
    Refused,
    TooManyPixels,
    TooManyScans,
    TooMuchMetadata,
)

# The classes are called directly, not through Image.open: that one has a pixel limit of its own (178
# megapixels for the whole process), and makes an "MPO" of a JPEG with a preview.
OPENERS: dict[str, type[ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "TIFF": TiffImageFile,
    "GIF": GifImageFile,
    "HEIF": HeifImageFile,
    "AVIF": AvifImageFile,
}
SUBFILE_TYPE, SUB_IFDS, DNG_VERSION = 0x00FE, 0x014A, 0xC612  # TIFF 6.0, its Technical Note 1, DNG 1.7
REDUCED = 1
# A JPEG's start of scan, its length and its number of components (ITU-T T.81, B.2.3): never found by chance.
START_OF_SCAN = re.compile(rb"\xff\xda\x00(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")
SCAN_LIMIT = 200  # progressive encoders use about 10, and each costs a pass over all pixels

# What strangers' files have in their metadata is no news for a server's log.
warnings.filterwarnings("ignore", module=r"PIL\.")


def open_header(data: bytes, limits: Limits = DEFAULT_LIMITS) -> ImageFile.ImageFile:
    """The header of an accepted format, within the limits; no pixel is decoded yet. Raises Refused."""
    check_size(len(data), limits)
    kind = recognise(data)
    with refusing_damage(kind):
        refuse_scans(kind, data)
        picture = OPENERS[kind.name](BytesIO(data), "")
        refuse_previews(picture)
        check_shape(*picture.size, limits)
    return picture


def open_upright(
    source: bytes | Path, long_side_px: int | None = None, limits: Limits = DEFAULT_LIMITS
) -> Image.Image:
    """-> mode RGB, sRGB, upright, on white, no metadata (see `to_srgb`). Raises Refused; OSError of a path.

    With `long_side_px` a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, in as much less memory, yet
    never with a long side below `long_side_px`; the caller reduces it further.
    """
    data = source if isinstance(source, bytes) else source.read_bytes()
    check_size(len(data), limits)
    with refusing_damage(recognise(data)):
        return to_srgb(
            drafted(open_header(data, limits), long_side_px)
        )  # passed on, so that to_srgb can free it


def drafted(picture: ImageFile.ImageFile, long_side_px: int | None) -> ImageFile.ImageFile:
    if long_side_px is not None and isinstance(picture, JpegImageFile):
        picture.draft(picture.mode, fit(picture.size, long_side_px))
    return picture


def fit(size: tuple[int, int], long_side_px: int) -> tuple[int, int]:
    """(width, height) with a long side of at most `long_side_px`; never enlarged, no side below 1 px."""
    scale = min(1.0, long_side_px / max(size))
    width_px, height_px = (max(1, round(side * scale)) for side in size)
    return width_px, height_px


@contextmanager
def refusing_damage(kind: Format) -> Iterator[None]:
    """Decoders raise a dozen kinds of error, MemoryError for false sizes among them: all become Refused."""
    try:
        yield
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(f"This file would unpack into far too many pixels for {kind.spoken}.") from error
    except Exception as error:
        if "MAX_TEXT_" in str(error):  # Pillow's own limits for what a PNG unpacks beside its pixels
            raise TooMuchMetadata(
                "This PNG unpacks into more than a megabyte of text or colour profile; "
                "please save it without them."
            ) from error
        raise Damaged(
            f"This file begins as {kind.spoken}, but it is damaged or incomplete; "
            "please save it anew and send it again."
        ) from error


def refuse_scans(kind: Format, data: bytes) -> None:
    """Raises TooManyScans."""
    scans = len(START_OF_SCAN.findall(data)) if kind.name == "JPEG" else 0
    if scans > SCAN_LIMIT:
        raise TooManyScans(
            f"This JPEG is drawn in {scans:,} passes; at most {SCAN_LIMIT} are accepted, please save it anew."
        )


def refuse_previews(picture: ImageFile.ImageFile) -> None:
    """A camera's raw file is a TIFF whose first page is a mere preview. Raises PreviewOnly."""
    if not isinstance(picture, TiffImageFile):
        return
    tags = picture.tag_v2
    is_reduced = tags.get(SUBFILE_TYPE) == REDUCED and SUB_IFDS in tags
    if is_reduced or DNG_VERSION in tags:
        raise PreviewOnly(
            "This file is a camera's raw file, or a TIFF with only a preview on its first page; "
            "please develop it and send the result as TIFF or JPEG."
        )
