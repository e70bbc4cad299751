"""Where picture files lie: originals and derivatives under MEDIA_ROOT, named by the sha256 of the file."""

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings

SIDES_PX = (160, 480, 1200)
EXTENSIONS = ("webp", "jpg")
FAILURES = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}  # of the storage, whichever file meets them


class StoreUnavailableError(OSError):
    """The folder of originals is not there: a disk that is not mounted is no fault of any picture."""


def require() -> None:
    """Raises StoreUnavailableError."""
    folder = folder_of_originals()
    if not folder.is_dir():
        raise StoreUnavailableError(f"The folder of pictures {folder} is not there.")


def folder_of_originals() -> Path:
    return Path(settings.MEDIA_ROOT, "originals")


def is_at_fault(error: OSError) -> bool:
    """Return True if the storage itself has failed: it is away, full or read-only. False if only one file has."""
    return isinstance(error, StoreUnavailableError) or error.errno in FAILURES or not folder_of_originals().is_dir()


def original(sha256: str, extension: str) -> Path:
    return Path(settings.MEDIA_ROOT, "originals", sha256[:2], sha256[2:4], f"{sha256}.{extension}")


def derivatives(sha256: str) -> Path:
    """The folder of a picture's derivatives."""
    return Path(settings.MEDIA_ROOT, "derivatives", sha256[:2], sha256[2:4], sha256)


def derivative(sha256: str, side_px: int, extension: str) -> Path:
    return derivatives(sha256) / f"{side_px}.{extension}"


def keep(data: bytes, sha256: str, extension: str) -> Path:
    """Writes an original, whole or not at all; one already there is only made young, so that no sweep takes it."""
    path = original(sha256, extension)
    with suppress(FileNotFoundError):
        os.utime(path)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:  # a full disk is not made fuller by what did not fit
            Path(file.name).unlink()
            raise
    return path
