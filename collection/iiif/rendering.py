"""Render answers from the tiled copy of a picture: libvips reads and scales the region, Pillow does the rest.

libvips reads the level of the pyramid that has at least the wanted size, so at most four times the pixels of the answer
are decoded. A process renders few answers at once, and one large answer at a time.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path

import pyvips
from django.utils.translation import gettext
from PIL import Image

from collection.iiif.geometry import AREA_LIMIT_PX, Plan, is_standard
from collection.iiif.image_requests import BadRequestError
from collection.imaging.streaming import libvips, tiling

LARGE_PX = 6_000_000  # of work_px; a tile needs at most 1.4 million
RENDERS = 3  # at once in a process: one fewer than the threads of gunicorn (docker/Dockerfile), so that one stays free
BRIEF_S = 0.2  # until a place is free: a viewer requests several tiles at once, each takes some milliseconds
TILE_WAIT_S, LARGE_WAIT_S = 1.5, 10.0  # for libvips, or for another large answer
STRIP_ROWS = 128  # of an answer, read while libvips is locked. Measured on 48 megapixels: 512 rows take twice the time
WHITE, CLEAR_WHITE = (255, 255, 255), (255, 255, 255, 0)
HALF = 128
WEBP_SIDE_PX = 16_383
SAVING = {
    "jpg": ("JPEG", {"quality": 85}),
    "png": ("PNG", {"compress_level": 3}),
    "webp": ("WEBP", {"quality": 80, "method": 2}),
}
TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}

renders = threading.BoundedSemaphore(RENDERS)
entrance = threading.Lock()  # held while an answer waits for its place, so that a later one does not overtake it
places = threading.BoundedSemaphore(2)  # for answers that are no tiles, so one is left for tiles
rendering_large = threading.Lock()


class BusyError(Exception):
    """Other answers are being rendered. The same request may succeed later."""


class DamagedError(Exception):
    """The tiled copy cannot be read."""


def render(path: Path, wanted: Plan) -> bytes:
    """Return the bytes of the answer. Raise BusyError, DamagedError or BadRequestError."""
    with turn(wanted):
        return encode(transformed(pixels(path, wanted), wanted), wanted.format)


@contextmanager
def turn(wanted: Plan) -> Iterator[None]:
    """Hold a place among the answers that a process renders at once. Raise BusyError if there is none.

    Answers that are no tiles have two of the places. If both are large, one is rendered while the other one waits.
    """
    with ExitStack() as held_ones:
        if not is_standard(wanted):
            held_ones.enter_context(held(places, 0 if is_large(wanted) else BRIEF_S))
        with held(entrance, BRIEF_S):
            held_ones.enter_context(held(renders, BRIEF_S))
        if is_large(wanted):
            held_ones.enter_context(held(rendering_large, LARGE_WAIT_S))
        yield


@contextmanager
def held(lock: "threading.Lock | threading.RLock | threading.Semaphore", wait_s: float) -> Iterator[None]:
    """Hold a lock or a place of a semaphore. Raise BusyError if it is not free within this time."""
    if not lock.acquire(timeout=wait_s):
        raise BusyError
    try:
        yield
    finally:
        lock.release()


def is_large(wanted: Plan) -> bool:
    return work_px(wanted) >= LARGE_PX


def work_px(wanted: Plan) -> int:
    """Return how many pixels are read and written. A written pixel with transparency counts as 4/3 pixels."""
    has_alpha = wanted.is_turned and wanted.format != "jpg"
    written = math.prod(wanted.turned_size) * (4 if has_alpha else 3) // 3
    return math.prod(wanted.box[2:]) // 4 ** level_of(wanted) + written


def level_of(wanted: Plan) -> int:
    """Return the level of the pyramid to read: how often the full image is halved. Level 0 is the full image.

    If a region is scaled much more in one direction than in the other, a smaller level may be chosen to limit its area.
    """
    (_, _, wide, high), (width_px, height_px) = wanted.box, wanted.size
    level = int(math.log2(max(1.0, min(wide / width_px, high / height_px))))
    while (wide * high) // 4**level > 4 * AREA_LIMIT_PX:
        level += 1
    return level


def pixels(path: Path, wanted: Plan) -> Image.Image:
    """Return the region at its size, mode RGB. Raise BusyError or DamagedError.

    libvips is locked for one strip at a time, so that tiles, uploads and searches come between those of a large answer.
    """
    wait_s = LARGE_WAIT_S if is_large(wanted) else TILE_WAIT_S
    width_px, height_px = wanted.size
    image = Image.new("RGB", wanted.size)
    try:
        with held(libvips.one_at_a_time, wait_s):
            region = pyvips.Region.new(scaled(path, wanted))
        for top in range(0, height_px, STRIP_ROWS):
            rows = min(STRIP_ROWS, height_px - top)
            with held(libvips.one_at_a_time, wait_s):
                data = libvips.fetch(region, (0, top, width_px, top + rows))
            image.paste(Image.frombytes("RGB", (width_px, rows), data), (0, top))
    except (pyvips.Error, ValueError) as error:
        raise DamagedError from error
    return image


def scaled(path: Path, wanted: Plan) -> pyvips.Image:
    first = pyvips.Image.tiffload(str(path))
    level = min(level_of(wanted), tiling.level_count(first) - 1)  # a long and thin picture has few levels
    image = pyvips.Image.tiffload(str(path), page=level) if level else first
    x, y, wide, high = wanted.box
    left, right = span(x, wide, level, image.width)
    top, bottom = span(y, high, level, image.height)
    region = image.crop(left, top, right - left, bottom - top)
    is_scaled = (region.width, region.height) != wanted.size
    return libvips.resized(region, wanted.size) if is_scaled else region


def span(start: int, length: int, level: int, side_px: int) -> tuple[int, int]:
    """Return the first pixel of a level, and the pixel after the last. Each pixel covers 2**level of the full image."""
    first = min(round(start / 2**level), side_px - 1)
    return first, max(first + 1, min(round((start + length) / 2**level), side_px))


def transformed(image: Image.Image, wanted: Plan) -> Image.Image:
    """Mirror, rotate and convert, in this order (4.6)."""
    if wanted.is_mirrored:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if wanted.degrees in TURNS:
        image = image.transpose(TURNS[int(wanted.degrees)])
    elif wanted.is_turned:
        image = turned(image, wanted.degrees, is_opaque=wanted.format == "jpg")
    return in_quality(image, wanted.quality)


def turned(image: Image.Image, degrees: float, *, is_opaque: bool) -> Image.Image:
    """Rotate clockwise into a larger picture, on white, or on a transparent ground if the format has transparency."""
    mode, ground = ("RGB", WHITE) if is_opaque else ("RGBA", CLEAR_WHITE)
    return image.convert(mode).rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=ground)


def in_quality(image: Image.Image, quality: str) -> Image.Image:
    if quality == "default":
        return image
    grey = image.convert("L")
    if quality == "bitonal":
        grey = grey.point(lambda level: 255 if level >= HALF else 0)
    if image.mode == "RGBA":
        return Image.merge("LA", (grey, image.getchannel("A")))
    return grey


def encode(image: Image.Image, extension: str) -> bytes:
    """Return the file of a picture without metadata. Raise BadRequestError if the format does not allow this size."""
    if extension == "webp" and max(image.size) > WEBP_SIDE_PX:
        raise BadRequestError(
            gettext("A WebP has at most %(limit)s pixels on each side. Please choose jpg or png.")
            % {"limit": WEBP_SIDE_PX}
        )
    kind, options = SAVING[extension]
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
