"""Reduce a stored picture to the size of a derivative, with little memory.

libvips reads and shrinks the modes that it reads in the same way as Pillow, and a JPEG at a fraction of its size. Every
other picture is decoded completely and reduced strip by strip. Only `to_srgb` converts colour, orientation and
transparency.
"""

from typing import Any

import pyvips
from PIL import Image

from collection.imaging import own_process
from collection.imaging.colour import to_srgb
from collection.imaging.formats import JPEG, WEBP, recognise
from collection.imaging.limits import ADMITTED, Limits
from collection.imaging.opening import drafted, fit, open_header, refusing_damage
from collection.imaging.streaming import libvips
from collection.imaging.streaming.strips import header_size, loaded, source_of, srgb_strips

JPEG_SHRINKS = (8, 4, 2)  # by which libjpeg can shrink while it decodes
SHRINK_MARGIN = 2  # times the wanted size: a better filter does the rest
ORIENTATION_TAG = 0x0112


def reduce(data: bytes, side_px: int, limits: Limits = ADMITTED) -> Image.Image:
    """Return the picture in mode RGB, sRGB, upright, long side at most `side_px`, not enlarged. Raise Refused.

    A damaged picture is reduced as far as it can be decoded, because it was accepted at its import. A large picture is
    decoded in a separate process.
    """
    if own_process.is_needed(header_size(data, limits), limits.process):
        facts, pixels = own_process.run("reduce", data, limits, side_px=side_px)
        return Image.frombytes("RGB", tuple(facts["size"]), pixels)
    return reduce_here(data, side_px, limits)


def reduce_here(data: bytes, side_px: int, limits: Limits) -> Image.Image:
    """Do the work of `reduce` in this process."""
    kind = recognise(data)
    with refusing_damage(kind):
        header = libvips.webp_header(data) if kind is WEBP else libvips.header_of(open_header(data, limits))
        picture = streamed(data, header, side_px, is_jpeg=kind is JPEG) if header.is_streamed else None
        if picture is not None:
            return to_srgb(picture)
        upright = by_strips(data, side_px, limits, is_jpeg=kind is JPEG)
    return upright.resize(fit(upright.size, side_px), Image.Resampling.LANCZOS, reducing_gap=3.0)


def streamed(data: bytes, header: libvips.Header, side_px: int, *, is_jpeg: bool) -> Image.Image | None:
    """Shrink by libvips without conversion; profile and orientation stay in `info`. Return None if libvips fails."""
    options: dict[str, Any] = {"shrink": jpeg_shrink(header.size, side_px)} if is_jpeg else {}
    try:
        with libvips.one_at_a_time:
            image = libvips.without_profile(libvips.opened(data, **options))
            if image.format != "uchar" or libvips.MODE_OF_BANDS.get(image.bands) != header.mode:
                return None
            image = libvips.resized(image, fit(header.size, side_px))
            pixels = image.write_to_memory()
    except pyvips.Error:
        return None
    picture = Image.frombytes(header.mode, (image.width, image.height), pixels)
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = header.orientation
    picture.info = {"exif": exif.tobytes(), "icc_profile": header.profile}
    return picture


def jpeg_shrink(size: tuple[int, int], side_px: int) -> int:
    enough = (factor for factor in JPEG_SHRINKS if max(size) >= factor * side_px * SHRINK_MARGIN)
    return next(enough, 1)


def by_strips(data: bytes, side_px: int, limits: Limits, *, is_jpeg: bool) -> Image.Image:
    """Return the picture reduced by an integer factor. A long side of `side_px` or more stays at least that long."""
    if is_jpeg:
        source = loaded(drafted(open_header(data, limits), side_px * SHRINK_MARGIN))
    else:
        source = source_of(data, limits)
    width_px, height_px = source.upright_size
    factor = max(1, max(width_px, height_px) // (side_px * SHRINK_MARGIN))
    reduced = Image.new("RGB", (-(-width_px // factor), -(-height_px // factor)))
    top = 0
    for strip in srgb_strips(source, multiple_of_px=factor):
        small = strip.reduce(factor)
        reduced.paste(small, (0, top))
        top += small.height
    return reduced
