"""Make derivatives of originals: WebP and JPEG of a few sizes, then AVIF; sRGB, upright, on white, without metadata.

`imaging.reduce` reads and reduces the original, so a derivative shows the pixels that the check and the comparison
use. libvips resizes its result to each size and writes the files.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyvips

from collection import imaging
from collection.files import avif
from collection.imaging.refusals import gettext_noop
from collection.imaging.streaming import libvips, tiling

SIDES_PX = (160, 480, 1200)


# In English as they are stored. collection.files.refusal_texts translates them for pages.
NO_LONGER_READ = gettext_noop("The stored file can no longer be read: %(problem)s")
NO_FILE = gettext_noop("The file of this picture is missing from the store.")
NOT_WRITTEN = gettext_noop("The copies of this picture could not be written.")


class DerivativeError(Exception):
    """The derivatives could not be made. The text states the reason and can be shown to a curator."""


def make(original: Path, folder: Path, sides_px: Sequence[int] = SIDES_PX) -> list[Path]:
    """Write folder/<side>.webp and .jpg for each long side in pixels, each file atomically. Safe to run twice.

    Return the paths of all files. A small original is not enlarged, so its files may be smaller than their names say.
    AVIF files of an earlier run stay until `make_avif` replaces or deletes them.

    Raise DerivativeError if the picture is faulty, imaging.Busy if it is large and has to wait, and OSError if the disk
    fails.
    """
    with explaining_failures():
        folder.mkdir(parents=True, exist_ok=True)
        largest = tiling.as_vips(imaging.reduce(original.read_bytes(), max(sides_px)))
        return [path for side_px in sides_px for path in write_all(largest, folder, side_px)]


def make_avif(original: Path, folder: Path) -> list[Path]:
    """Write the AVIF files that are clearly smaller than the WebP files made before, see `avif`. Return their paths.

    Raise the errors of `make`.
    """
    with explaining_failures():
        largest = tiling.as_vips(imaging.reduce(original.read_bytes(), max(avif.QUALITY)))
        return [path for side_px in avif.IN_PLACE_OF for path in write_avif(largest, folder, side_px)]


@contextmanager
def explaining_failures() -> Iterator[None]:
    """Convert errors of the picture to DerivativeError. Let Busy and OSError of the disk pass."""
    try:
        yield
    except imaging.Busy:
        raise
    except imaging.Refused as error:
        raise DerivativeError(NO_LONGER_READ % {"problem": error}) from error
    except FileNotFoundError as error:
        raise DerivativeError(NO_FILE) from error
    except pyvips.Error as error:
        raise DerivativeError(NOT_WRITTEN) from error


def resized(largest: pyvips.Image, side_px: int) -> pyvips.Image:
    """Return the image with its longer side of at most `side_px`, in memory, because it is encoded several times."""
    return libvips.resized(largest, imaging.fit((largest.width, largest.height), side_px)).copy_memory()


def write_all(largest: pyvips.Image, folder: Path, side_px: int) -> Iterator[Path]:
    image = resized(largest, side_px)
    webp = image.webpsave_buffer(Q=82, effort=4, smart_subsample=True, keep="none")
    jpeg = image.jpegsave_buffer(Q=85, optimize_coding=True, interlace=True, keep="none")
    yield put(folder / f"{side_px}.webp", webp)
    yield put(folder / f"{side_px}.jpg", jpeg)


def write_avif(largest: pyvips.Image, folder: Path, webp_side_px: int) -> Iterator[Path]:
    """Write the AVIF files that are clearly smaller than the WebP they replace. Delete earlier ones that are not."""
    webp_bytes = (folder / f"{webp_side_px}.webp").stat().st_size
    for side_px in avif.IN_PLACE_OF[webp_side_px]:
        path = folder / f"{side_px}.avif"
        is_needed = side_px == webp_side_px or side_px < max(largest.width, largest.height)
        data = avif.smaller_than(webp_bytes, resized(largest, side_px), side_px) if is_needed else b""
        if data:
            yield put(path, data)
        else:
            path.unlink(missing_ok=True)


def put(path: Path, data: bytes) -> Path:
    """Write a file atomically: no reader sees a part of it."""
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
