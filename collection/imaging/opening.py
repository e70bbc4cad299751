"""Open pictures: read and check the header, then decode the pixels. Convert every failure to a refusal."""

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
from collection.imaging.refusals import Damaged, Refused, TooCostly, TooManyPixels, TooMuchMetadata, gettext_noop
from collection.imaging.strictness import refuse_damage
from collection.imaging.traps import refuse_previews, refuse_scans, refuse_tiles

# The classes are called directly instead of Image.open, which has its own pixel limit (178 megapixels for the whole
# process) and returns an "MPO" for a JPEG with a preview.
OPENERS: dict[str, type[ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "TIFF": TiffImageFile,
    "GIF": GifImageFile,
    "HEIF": HeifImageFile,
    "AVIF": AvifImageFile,
}
OUT_OF_MEMORY = re.compile(r"\b(out of|insufficient) memory\b|memory allocation", re.IGNORECASE)  # decoders in C
TOO_MUCH_MEMORY = gettext_noop(
    "This picture needs more memory to be decoded than is allowed; "
    "please save it again with fewer pixels, or as a JPEG that is not progressive."
)
BOMB = gettext_noop("This file would decompress to far too many pixels for %(kind)s.")
METADATA_BOMB = gettext_noop(
    "This PNG decompresses to more than a megabyte of text or colour profile; please save it without them."
)
DAMAGED = gettext_noop(
    "This file begins as %(kind)s, but it is damaged or incomplete; please save it again and send the new file."
)
# Warnings about the metadata of visitors' files would fill the log of a server.
warnings.filterwarnings("ignore", module=r"PIL\.")


def open_header(data: bytes, limits: Limits = DEFAULT_LIMITS) -> ImageFile.ImageFile:
    """Return the header of an accepted format within the limits, without decoding a pixel. Raise Refused."""
    check_size(len(data), limits)
    kind = recognise(data)
    with refusing_damage(kind):
        refuse_scans(kind, data)
        picture = OPENERS[kind.name](BytesIO(data), "")
        check_shape(*picture.size, limits)
        if isinstance(picture, TiffImageFile):
            refuse_previews(picture)
            refuse_tiles(picture, limits)
    return picture


def open_upright(source: bytes | Path, long_side_px: int | None = None, limits: Limits = DEFAULT_LIMITS) -> Image.Image:
    """Decode to mode RGB, sRGB, upright, on white, without metadata (`to_srgb`). Raise Refused, or OSError of a path.

    With `long_side_px` a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, which saves memory. The long side is
    then at least `long_side_px`. The caller reduces it further.
    """
    data = source if isinstance(source, bytes) else source.read_bytes()
    check_size(len(data), limits)
    kind = recognise(data)
    with refusing_damage(kind):
        if not limits.accepts_damage:
            open_header(data, limits)
            refuse_damage(kind, data)
        return to_srgb(drafted(open_header(data, limits), long_side_px))  # no variable keeps the picture's memory


def drafted(picture: ImageFile.ImageFile, long_side_px: int | None) -> ImageFile.ImageFile:
    if long_side_px is not None and isinstance(picture, JpegImageFile):
        picture.draft(picture.mode, fit(picture.size, long_side_px))
    return picture


def fit(size: tuple[int, int], long_side_px: int) -> tuple[int, int]:
    """Return (width, height) in pixels with a long side of at most `long_side_px`: not enlarged, at least 1 px."""
    scale = min(1.0, long_side_px / max(size))
    width_px, height_px = (max(1, round(side * scale)) for side in size)
    return width_px, height_px


@contextmanager
def refusing_damage(kind: Format) -> Iterator[None]:
    """Convert every error of a decoder to Refused. Decoders raise many kinds."""
    try:
        yield
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(BOMB, kind=kind.spoken) from error
    except Exception as error:
        if isinstance(error, MemoryError) or OUT_OF_MEMORY.search(str(error)):
            raise TooCostly(TOO_MUCH_MEMORY) from error
        if "MAX_TEXT_" in str(error):  # Pillow's own limits on the metadata that a PNG decompresses
            raise TooMuchMetadata(METADATA_BOMB) from error
        raise Damaged(DAMAGED, kind=kind.spoken) from error
