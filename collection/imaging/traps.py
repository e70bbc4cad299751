"""Refuse files that would need far more memory or time to decode than their header suggests (decompression bombs)."""

import re

from PIL.TiffImagePlugin import TiffImageFile

from collection.imaging.formats import JPEG, Format
from collection.imaging.limits import MEGAPIXEL, Limits
from collection.imaging.refusals import PreviewOnly, TooManyPixels, TooManyScans, gettext_noop

# A JPEG's start of scan, its length and its number of components (ITU-T T.81, B.2.3). Too specific to match by chance.
START_OF_SCAN = re.compile(rb"\xff\xda\x00(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")
SCAN_LIMIT = 200  # progressive encoders use about 10; each is a pass over all pixels
# TIFF 6.0, its Technical Note 1, DNG 1.7
SUBFILE_TYPE, TILE_WIDTH, TILE_LENGTH, SUB_IFDS, DNG_VERSION = 0x00FE, 0x0142, 0x0143, 0x014A, 0xC612
REDUCED = 1

TOO_MANY_SCANS = gettext_noop("This JPEG has %(scans)s scans; at most %(limit)s are accepted. Please save it again.")
PREVIEW_ONLY = gettext_noop(
    "This file is a camera's raw file, or a TIFF with only a preview on its first page; "
    "please convert it and send the result as TIFF or JPEG."
)
TOO_MANY_IN_TILES = gettext_noop(
    "This TIFF is stored in tiles of %(megapixels)s megapixels altogether; at most %(limit)s megapixels are accepted."
)


def refuse_scans(kind: Format, data: bytes) -> None:
    """Refuse a JPEG with too many scans: each needs few bytes, but a pass over all pixels. Raise TooManyScans."""
    scans = len(START_OF_SCAN.findall(data)) if kind is JPEG else 0
    if scans > SCAN_LIMIT:
        raise TooManyScans(TOO_MANY_SCANS, scans=f"{scans:,}", limit=str(SCAN_LIMIT))


def refuse_previews(picture: TiffImageFile) -> None:
    """Refuse a camera's raw file: a TIFF whose first page is only a preview. Raise PreviewOnly."""
    tags = picture.tag_v2
    is_reduced = tags.get(SUBFILE_TYPE) == REDUCED and SUB_IFDS in tags
    if is_reduced or DNG_VERSION in tags:
        raise PreviewOnly(PREVIEW_ONLY)


def refuse_tiles(picture: TiffImageFile, limits: Limits) -> None:
    """Refuse a small picture in one huge tile, because the whole tile is decoded. Raise TooManyPixels."""
    tags = picture.tag_v2
    if TILE_WIDTH not in tags or TILE_LENGTH not in tags:
        return
    width_px, height_px = picture.size
    stored_px = padded(width_px, tags[TILE_WIDTH]) * padded(height_px, tags[TILE_LENGTH])
    honest_px = 2 * width_px * height_px  # tiles at the edges are padded
    if stored_px > max(limits.pixels_mp * MEGAPIXEL, honest_px):
        megapixels = f"{stored_px / MEGAPIXEL:,.0f}"
        raise TooManyPixels(TOO_MANY_IN_TILES, megapixels=megapixels, limit=f"{limits.pixels_mp:g}")


def padded(side_px: int, tile_px: int) -> int:
    return -(-side_px // tile_px) * tile_px
