"""Convert a stored picture to a pyramidal TIFF. Its tiles can be read one by one, at several sizes.

The pixels are those of `to_srgb`: sRGB, upright, on white. Each level has half the size of the level before, until a
level fits into one tile.
"""

import pyvips
from PIL import Image

from collection.imaging import own_process
from collection.imaging.formats import recognise
from collection.imaging.limits import ADMITTED, Limits
from collection.imaging.opening import refusing_damage
from collection.imaging.streaming import libvips
from collection.imaging.streaming.reducing import reduce_here
from collection.imaging.streaming.strips import header_size, source_of, srgb_strips
from collection.imaging.strictness import judge

TILE_PX = 512
QUALITY = 90  # of the JPEG tiles, without chroma subsampling, because answers are compressed again
BANDS = 3


def tile(data: bytes, size: tuple[int, int], limits: Limits = ADMITTED) -> bytes:
    """Return the bytes of a TIFF in JPEG tiles. Raise Refused.

    size: (width, height) in pixels of its first level, with the proportions of the upright picture, not enlarged. A
    large picture is decoded in a separate process.
    """
    if own_process.is_needed(header_size(data, limits), limits.process):
        return own_process.run("tile", data, limits, size=size)[1]
    return tile_here(data, size, limits)


def tile_here(data: bytes, size: tuple[int, int], limits: Limits) -> bytes:
    """Do the work of `tile` in this process."""
    if max(header_size(data, limits)) > max(size):
        image = as_vips(reduce_here(data, max(size), limits))
    else:
        image = whole(data, limits)
    if (image.width, image.height) != size:  # a reduction in two steps may round to another size
        image = libvips.resized(image, size)
    found: bytes = image.tiffsave_buffer(
        tile=True,
        tile_width=stored_side(image.width),
        tile_height=stored_side(image.height),
        pyramid=True,
        depth="onetile",
        compression="jpeg",
        Q=QUALITY,
        keep="none",
    )
    return found


def stored_side(side_px: int) -> int:
    """Return the side of stored tiles, a multiple of 16. libvips rejects tiles far larger than the picture."""
    return min(TILE_PX, -(-side_px // 16) * 16)


def level_count(image: pyvips.Image) -> int:
    """Return the number of levels of an opened TIFF. libvips states no number if there is only one."""
    return int(image.get("n-pages")) if image.get_typeof("n-pages") else 1


def as_vips(picture: Image.Image) -> pyvips.Image:
    """Convert a picture of mode RGB into three bands of uchar."""
    return from_pixels(picture.tobytes(), picture.size)


def whole(data: bytes, limits: Limits) -> pyvips.Image:
    """Return a picture at its own size. Memory holds one copy of its pixels, and what its decoder needs."""
    kind = recognise(data)
    with refusing_damage(kind):
        source = source_of(data, limits, is_clean=judge(kind, data).is_whole)
        width_px, height_px = source.upright_size
        pixels = bytearray(width_px * height_px * BANDS)
        at = 0
        for strip in srgb_strips(source):
            content = strip.tobytes()
            pixels[at : at + len(content)] = content
            at += len(content)
    return from_pixels(pixels, source.upright_size)


def from_pixels(pixels: bytes | bytearray, size: tuple[int, int]) -> pyvips.Image:
    """Return an image of (height, width, 3) uint8 pixels, without a copy of them."""
    return pyvips.Image.new_from_memory(pixels, *size, BANDS, "uchar").copy(interpretation="srgb")
