"""Open pictures by libvips, which decodes from top to bottom and keeps only a few rows in memory.

libvips decodes four formats, and AVIF only to find damage. Pillow decodes the modes that libvips might read
differently (CMYK, 16-bit grey, palettes, HEIC, AVIF ...).
"""

import logging
import struct
import threading
from dataclasses import dataclass
from typing import Any

import pyvips
from PIL import ImageFile

from collection.imaging.orientation import SIDEWAYS, of_exif, orientation, valid

LOADERS = {
    "JPEG": "VipsForeignLoadJpeg",
    "PNG": "VipsForeignLoadPng",
    "WEBP": "VipsForeignLoadWebp",
    "TIFF": "VipsForeignLoadTiff",
    "AVIF": "VipsForeignLoadHeif",
}
STREAMED_MODES = {
    "JPEG": {"L", "RGB"},
    "PNG": {"L", "LA", "RGB", "RGBA"},
    "WEBP": {"RGB", "RGBA"},
    "TIFF": {"RGB"},
}
STRIP_ROWS = 64
MODE_OF_BANDS = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}

pyvips.operation_block_set("VipsForeignLoad", True)
for loader in LOADERS.values():
    pyvips.operation_block_set(loader, False)
pyvips.block_untrusted_set(True)
pyvips.cache_set_max(0)  # no picture is read twice
pyvips.concurrency_set(1)  # workers are processes, one for each core

# Warnings about a visitor's picture decide whether it is accepted. They would fill the log of a server.
logging.getLogger("pyvips").addFilter(lambda record: record.levelno >= logging.ERROR)
# libvips has one buffer of messages for all threads of a process, and a call by another thread clears it. So every call
# of libvips in a process with threads holds this lock, for one strip at a time.
one_at_a_time = threading.RLock()


@dataclass(frozen=True)
class Header:
    """The facts that determine how a picture is decoded. size: stored (width, height) in pixels, before orientation."""

    mode: str  # Pillow's name
    size: tuple[int, int]
    orientation: int  # 1 to 8
    profile: object  # the bytes of an ICC profile, or None
    is_streamed: bool  # libvips and Pillow are known to read the same pixels from such a file


def header_of(picture: ImageFile.ImageFile) -> Header:
    """Return the facts of a header that Pillow has read."""
    is_animation = picture.format != "TIFF" and getattr(picture, "is_animated", False)  # a TIFF has pages, not frames
    knows_mode = picture.mode in STREAMED_MODES.get(picture.format or "", ())
    turn = orientation(picture)
    is_turned = picture.format == "TIFF" and turn in SIDEWAYS  # Pillow states the size of such a TIFF as upright
    return Header(
        picture.mode,
        (picture.height, picture.width) if is_turned else picture.size,
        turn,
        picture.info.get("icc_profile"),
        is_streamed=knows_mode and not is_animation and "transparency" not in picture.info,
    )


def webp_header(data: bytes) -> Header:
    """Read the header of a WebP file. Pillow would allocate 8 bytes a pixel for this. Raise pyvips.Error."""
    with one_at_a_time:
        image = opened(data)
        fields = {name: image.get(name) for name in image.get_fields()}
    return Header(
        MODE_OF_BANDS[image.bands],
        (image.width, image.height),
        valid(of_exif(fields.get("exif-data"))),
        fields.get("icc-profile-data"),
        is_streamed=fields.get("n-pages", 1) == 1,
    )


def opened(data: bytes, fail_on: str = "error", **options: Any) -> pyvips.Image:
    """Open the first page of a file for one pass from top to bottom. Raise pyvips.Error."""
    content = first_page(data) if data[:2] in (b"II", b"MM") else data
    with one_at_a_time:
        return pyvips.Image.new_from_buffer(content, "", access="sequential", fail_on=fail_on, **options)


def first_page(data: bytes) -> bytes:
    """Remove the link from the first page of a TIFF to the next, because Kindred uses only the first page."""
    order = "<" if data.startswith(b"II") else ">"
    is_big = data[2:4] in (b"+\0", b"\0+")  # BigTIFF: offsets of 8 bytes
    offset, count, entry = (f"{order}Q", f"{order}Q", 20) if is_big else (f"{order}I", f"{order}H", 12)
    try:
        (directory,) = struct.unpack_from(offset, data, 8 if is_big else 4)
        (entries,) = struct.unpack_from(count, data, directory)
        link = directory + struct.calcsize(count) + entries * entry
        struct.unpack_from(offset, data, link)
    except (struct.error, OverflowError):
        return data
    after = link + struct.calcsize(offset)
    return data[:link] + bytes(after - link) + data[after:] if any(data[link:after]) else data


def without_profile(image: pyvips.Image) -> pyvips.Image:
    """Return the image with 8 bits a band and without its profile, because libvips would convert colours by it."""
    with one_at_a_time:
        if image.format == "ushort":
            image = image.cast("uchar", shift=True)
        image = image.copy(interpretation="srgb" if image.bands >= 3 else "b-w")
        image.remove("icc-profile-data")
    return image


def resized(image: pyvips.Image, size: tuple[int, int]) -> pyvips.Image:
    """Resize to exactly `size` (width, height) in pixels, with premultiplied alpha."""
    width_px, height_px = size
    return image.thumbnail_image(width_px, height=height_px, size="force", no_rotate=True)


def read_all(image: pyvips.Image) -> None:
    """Decode every row and keep none. Raise pyvips.Error."""
    region = pyvips.Region.new(image)
    for top in range(0, image.height, STRIP_ROWS):
        fetch(region, (0, top, image.width, min(top + STRIP_ROWS, image.height)))


def fetch(region: pyvips.Region, box: tuple[int, int, int, int]) -> bytes:
    """Decode a box: left, top, right, bottom. Return its bytes, row by row. Raise pyvips.Error."""
    left, top, right, bottom = box
    with one_at_a_time:
        return bytes(region.fetch(left, top, right - left, bottom - top))


@dataclass(frozen=True)
class Report:
    """What libvips and its decoders reported about a picture: warnings, and the error that ended the reading."""

    lines: list[str]
    is_whole: bool  # no error ended the reading


def report_on(data: bytes, **options: Any) -> Report:
    """Decode every row, and collect all messages. Threads wait for each other. Raise nothing."""
    with one_at_a_time:
        pyvips.vips_lib.vips_error_clear()
        try:
            read_all(opened(data, "none", **options))
            lines, is_whole = [], True
        except pyvips.Error as error:
            lines, is_whole = str(error).splitlines(), False
        lines += pyvips.ffi.string(pyvips.vips_lib.vips_error_buffer()).decode("utf-8", "replace").splitlines()
        pyvips.vips_lib.vips_error_clear()
    return Report(lines, is_whole)
