"""Make derivatives of originals: WebP and JPEG of a few sizes, sRGB, upright, on white, without metadata.

libvips reads, shrinks and writes. `imaging.to_srgb` alone converts colour, orientation and transparency, on the
shrunken picture. A derivative therefore shows the same pixels as the check and the comparison use. A large original
needs little memory, because libvips streams it and decodes a JPEG at a fraction of its size. `imaging` decodes the
formats and modes that libvips might read differently from Pillow (CMYK, 16-bit grey, palettes, HEIC, AVIF ...).

Only workers import this module: web processes need no libvips.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyvips
from PIL import Image, ImageFile

from collection import imaging

SIDES_PX = (160, 480, 1200)
LOADERS = {
    "JPEG": "VipsForeignLoadJpeg",
    "PNG": "VipsForeignLoadPng",
    "WEBP": "VipsForeignLoadWebp",
    "TIFF": "VipsForeignLoadTiff",
}
STREAMED_MODES = {
    "JPEG": {"L", "RGB"},
    "PNG": {"L", "LA", "RGB", "RGBA"},
    "WEBP": {"RGB", "RGBA"},
    "TIFF": {"RGB"},
}
MODE_OF_BANDS = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
JPEG_SHRINKS = (8, 4, 2)  # by which libjpeg can shrink while it decodes
SHRINK_MARGIN = 2  # times the wanted size: the rest is shrunk by a better filter
ORIENTATION_TAG = 0x0112

pyvips.operation_block_set("VipsForeignLoad", True)
for loader in LOADERS.values():
    pyvips.operation_block_set(loader, False)
pyvips.block_untrusted_set(True)
pyvips.cache_set_max(0)  # no picture is read twice
pyvips.concurrency_set(1)  # workers are processes, one for each core


class DerivativeError(Exception):
    """The derivatives could not be made. The text states the reason and can be shown to a curator."""


def make(original: Path, folder: Path, sides_px: Sequence[int] = SIDES_PX) -> list[Path]:
    """Write folder/<side>.webp and .jpg for each long side in pixels, each file atomically. Safe to run twice.

    A small original is not enlarged, so its files are smaller than their names state. Raise DerivativeError for faults
    of the picture, and OSError for faults of the disk.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        largest = as_vips(shrunken(original, max(sides_px)))
        return [path for side_px in sides_px for path in write_both(largest, folder, side_px)]
    except imaging.Refused as error:
        raise DerivativeError(f"The stored file can no longer be read: {error}") from error
    except FileNotFoundError as error:
        raise DerivativeError("The file of this picture is missing from the store.") from error
    except pyvips.Error as error:
        raise DerivativeError("The smaller copies of this picture could not be written.") from error


def shrunken(original: Path, side_px: int) -> Image.Image:
    """Return the picture in mode RGB, sRGB, upright, long side at most `side_px`. Raise imaging.Refused or OSError."""
    header = imaging.open_header(original.read_bytes(), imaging.ADMITTED)
    picture = streamed(original, header, side_px) if is_streamed(header) else None
    if picture is not None:
        return imaging.to_srgb(picture)
    upright = imaging.open_upright(original, side_px * SHRINK_MARGIN, imaging.ADMITTED)
    return upright.resize(imaging.fit(upright.size, side_px), Image.Resampling.LANCZOS, reducing_gap=3.0)


def is_streamed(header: ImageFile.ImageFile) -> bool:
    """Return True if libvips and Pillow are known to read the same pixels from such a file."""
    if "transparency" in header.info or header.mode not in STREAMED_MODES.get(header.format or "", ()):
        return False
    is_film = header.format != "TIFF" and getattr(header, "is_animated", False)  # a TIFF has pages, not frames
    return not is_film


def streamed(original: Path, header: ImageFile.ImageFile, side_px: int) -> Image.Image | None:
    """Shrink by libvips without conversion; profile and orientation stay in `info`. Return None if libvips fails."""
    try:
        image = loaded(original, header, side_px)
        if image.format != "uchar" or MODE_OF_BANDS.get(image.bands) != header.mode:
            return None
        image = resized(image, imaging.fit(header.size, side_px))
        pixels = image.write_to_memory()
    except pyvips.Error:
        return None
    picture = Image.frombytes(header.mode, (image.width, image.height), pixels)
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = imaging.orientation(header)
    picture.info = {"exif": exif.tobytes(), "icc_profile": header.info.get("icc_profile")}
    return picture


def loaded(original: Path, header: ImageFile.ImageFile, side_px: int) -> pyvips.Image:
    """Open a file for one pass from top to bottom. Remove the profile, because libvips would convert colours by it."""
    options = {"shrink": jpeg_shrink(header.size, side_px)} if header.format == "JPEG" else {}
    image = pyvips.Image.new_from_file(str(original), access="sequential", fail_on="error", **options)
    if image.format == "ushort":
        image = image.cast("uchar", shift=True)
    image = image.copy(interpretation="srgb" if image.bands >= 3 else "b-w")
    image.remove("icc-profile-data")
    return image


def jpeg_shrink(size: tuple[int, int], side_px: int) -> int:
    enough = (factor for factor in JPEG_SHRINKS if max(size) >= factor * side_px * SHRINK_MARGIN)
    return next(enough, 1)


def resized(image: pyvips.Image, size: tuple[int, int]) -> pyvips.Image:
    """Resize to exactly `size` (width, height) in pixels. Transparent pixels do not bleed into their neighbours."""
    width_px, height_px = size
    return image.thumbnail_image(width_px, height=height_px, size="force", no_rotate=True)


def as_vips(picture: Image.Image) -> pyvips.Image:
    """Convert a picture of mode RGB into three bands of uchar."""
    pixels = pyvips.Image.new_from_memory(picture.tobytes(), picture.width, picture.height, 3, "uchar")
    return pixels.copy(interpretation="srgb")


def write_both(largest: pyvips.Image, folder: Path, side_px: int) -> Iterator[Path]:
    image = resized(largest, imaging.fit((largest.width, largest.height), side_px))
    webp = image.webpsave_buffer(Q=82, effort=4, smart_subsample=True, keep="none")
    jpeg = image.jpegsave_buffer(Q=85, optimize_coding=True, interlace=True, keep="none")
    yield put(folder / f"{side_px}.webp", webp)
    yield put(folder / f"{side_px}.jpg", jpeg)


def put(path: Path, data: bytes) -> Path:
    """Write a file atomically: no reader sees a part of it, and a killed worker leaves none."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        return part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
