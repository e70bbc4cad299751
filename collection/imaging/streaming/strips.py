"""Read a picture as strips of upright sRGB pixels, so that a large one needs little memory apart from its decoder.

libvips decodes JPEG (grey, RGB), TIFF (RGB) and WebP. libheif decodes HEIC, and Pillow everything else. `to_srgb`
converts each strip.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyvips
from PIL import Image, ImageFile
from pillow_heif import HeifFile, HeifImageFile

from collection.imaging.colour import to_srgb
from collection.imaging.depth import DEEP_MODES, to_8_bit
from collection.imaging.formats import JPEG, TIFF, WEBP, recognise
from collection.imaging.limits import Limits, check_shape, check_size
from collection.imaging.opening import open_header, refusing_damage
from collection.imaging.orientation import SIDEWAYS, TURNS
from collection.imaging.streaming import libvips

STRIP_PIXELS = 2**18
FROM_THE_END = {3, 4, 7, 8}  # orientations whose upright rows begin at the far end of the stored picture
IN_READING_ORDER = {1, 2}  # the upright rows are the stored rows, from top to bottom

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


@dataclass(frozen=True)
class Source:
    """A stored picture. size: (width, height) in pixels; crop: returns a part of it in any mode, with its profile."""

    size: tuple[int, int]
    orientation: int  # 1 to 8
    crop: Callable[[Box], Image.Image]

    @property
    def upright_size(self) -> tuple[int, int]:
        width_px, height_px = self.size
        return (height_px, width_px) if self.orientation in SIDEWAYS else self.size


def srgb_strips(source: Source, multiple_of_px: int = 1) -> Iterator[Image.Image]:
    """Yield strips of mode RGB from top to bottom of the upright picture, each about STRIP_PIXELS large.

    All but the last have a height that is a multiple of `multiple_of_px`.
    """
    width_px, height_px = source.upright_size
    rows = max(1, STRIP_PIXELS // (width_px * multiple_of_px)) * multiple_of_px
    for top in range(0, height_px, rows):
        strip = source.crop(stored_box(source, top, min(top + rows, height_px)))
        turn = TURNS.get(source.orientation)
        yield to_srgb(strip if turn is None else strip.transpose(turn))


def stored_box(source: Source, top: int, bottom: int) -> Box:
    """Return the box in the stored picture that contains the upright rows from `top` to `bottom`."""
    width_px, height_px = source.size
    length_px = width_px if source.orientation in SIDEWAYS else height_px
    if source.orientation in FROM_THE_END:
        top, bottom = length_px - bottom, length_px - top
    return (top, 0, bottom, height_px) if source.orientation in SIDEWAYS else (0, top, width_px, bottom)


def header_size(data: bytes, limits: Limits) -> tuple[int, int]:
    """Check the size of the file and its header against the limits. Return (width, height) as stored. Raise Refused."""
    check_size(len(data), limits)
    kind = recognise(data)
    if kind is not WEBP:
        return open_header(data, limits).size
    with refusing_damage(kind):
        size = libvips.webp_header(data).size
        check_shape(*size, limits)
    return size


def source_of(data: bytes, limits: Limits, *, is_clean: bool = False) -> Source:
    """Check the header against the limits, and begin to decode. `is_clean`: libvips read the file without a warning.

    Raise Refused, or any error of a decoder.
    """
    kind = recognise(data)
    if kind is WEBP and (header := libvips.webp_header(data)).is_streamed:
        check_shape(*header.size, limits)
        return streamed(data, header)
    picture = open_header(data, limits)
    header = libvips.header_of(picture)
    if kind in (JPEG, TIFF) and is_clean and header.is_streamed and not is_jpeg_inside(picture):
        return streamed(data, header)
    if isinstance(picture, HeifImageFile) and picture.mode in ("RGB", "RGBA"):
        return from_heif(data, header)
    return loaded(picture)


def is_jpeg_inside(picture: ImageFile.ImageFile) -> bool:
    """Return True for a TIFF with JPEG compression. libtiff may convert its colours differently."""
    return "jpeg" in str(picture.info.get("compression", ""))


def streamed(data: bytes, header: libvips.Header) -> Source:
    """Return a source that decodes while it is read. It keeps the whole picture only to rotate it."""
    with libvips.one_at_a_time:
        image = libvips.without_profile(libvips.opened(data))
        if header.orientation not in IN_READING_ORDER:
            image = image.copy_memory()
        region = pyvips.Region.new(image)

    def crop(box: Box) -> Image.Image:
        left, top, right, bottom = box
        size = (right - left, bottom - top)
        strip = Image.frombytes(header.mode, size, libvips.fetch(region, box))
        strip.info["icc_profile"] = header.profile
        return strip

    return Source(header.size, header.orientation, crop)


def from_heif(data: bytes, header: libvips.Header) -> Source:
    """Return a source of the pixels of libheif, without a copy. libheif has rotated them already."""
    file = HeifFile(data, convert_hdr_to_8bit=True, hdr_to_16bit=True)  # type: ignore[no-untyped-call]
    frame = file[file.primary_index]
    pixels = np.asarray(frame)
    size = frame.size  # the size of the header may differ

    def crop(box: Box) -> Image.Image:
        left, top, right, bottom = box
        strip = Image.fromarray(np.ascontiguousarray(pixels[top:bottom, left:right]))
        strip.info["icc_profile"] = header.profile
        return strip

    return Source(size, header.orientation, crop)


def loaded(picture: ImageFile.ImageFile) -> Source:
    """Return a source of pixels that Pillow decodes completely."""
    picture.load()
    header = libvips.header_of(picture)
    stored: Image.Image = picture
    info = {name: value for name, value in picture.info.items() if name != "exif"}  # `Source` has the orientation
    if stored.mode in DEEP_MODES:
        stored = to_8_bit(stored)
        info.pop("transparency", None)

    def crop(box: Box) -> Image.Image:
        strip = stored.crop(box)
        strip.info = dict(info)
        return strip

    return Source(stored.size, header.orientation, crop)
