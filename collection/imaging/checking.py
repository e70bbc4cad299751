"""Check whether bytes are an accepted picture: return a CheckedImage, or raise a refusal that can be shown."""

import hashlib
from dataclasses import dataclass

from PIL import Image

from collection.imaging.formats import recognise
from collection.imaging.limits import DEFAULT_LIMITS, Limits, check_size
from collection.imaging.opening import open_upright

STRIP_PIXELS = 2**20


@dataclass(frozen=True)
class CheckedImage:
    """The properties of a file whose pixels were all decoded.

    format: JPEG, PNG, WEBP, TIFF, GIF, HEIF or AVIF; extension: jpg, png, webp, tif, gif, heic or avif.
    sha256: of the bytes of the file. pixel_digest: of its pixels, see `digest`. Both are 64 lower-case hex digits.
    width_px, height_px: of the upright picture.
    """

    format: str
    extension: str
    media_type: str
    sha256: str
    pixel_digest: str
    width_px: int
    height_px: int
    size_bytes: int


def check(data: bytes, limits: Limits = DEFAULT_LIMITS) -> CheckedImage:
    """Decode the whole picture (first page or frame). Its content determines the format. Raise only Refused.

    The header is checked against the limits before any pixel is decoded. This needs about twice the memory of the
    decoded picture at 4 bytes a pixel. A decoder may need as much again (progressive JPEG, WebP).
    """
    check_size(len(data), limits)
    kind = recognise(data)
    upright = open_upright(data, limits=limits)
    return CheckedImage(
        format=kind.name,
        extension=kind.extension,
        media_type=kind.media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        pixel_digest=digest(upright),
        width_px=upright.width,
        height_px=upright.height,
        size_bytes=len(data),
    )


def digest(upright: Image.Image) -> str:
    """Return the hex sha256 of "<width>x<height>\\n" in ASCII and the pixels of `to_srgb`: bytes R, G, B, row by row.

    Files with the same pixels have the same digest: with other metadata, rotated by EXIF instead of in the pixels, or
    compressed by another lossless format. Any change of a pixel changes the digest.
    """
    found = hashlib.sha256(f"{upright.width}x{upright.height}\n".encode("ascii"))
    rows = max(1, STRIP_PIXELS // upright.width)
    for top in range(0, upright.height, rows):
        strip = upright.crop((0, top, upright.width, min(top + rows, upright.height)))
        found.update(strip.tobytes())
    return found.hexdigest()
