"""The paths of originals and derivatives under MEDIA_ROOT. Both are named by the sha256 of the original."""

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings

SIDES_PX = (160, 480, 1200)
EXTENSIONS = ("webp", "jpg")
FAILURES = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}  # errors of the storage itself, not of one file


class StoreUnavailableError(OSError):
    """The folder of originals is missing, for example because a disk is not mounted. No picture is at fault."""


def require() -> None:
    """Raise StoreUnavailableError if the folder of originals is missing."""
    folder = folder_of_originals()
    if not folder.is_dir():
        raise StoreUnavailableError(f"The folder of pictures {folder} is missing.")


def folder_of_originals() -> Path:
    return Path(settings.MEDIA_ROOT, "originals")


def is_at_fault(error: OSError) -> bool:
    """Return True if the storage itself has failed (missing, full or read-only), False if only one file is faulty."""
    return isinstance(error, StoreUnavailableError) or error.errno in FAILURES or not folder_of_originals().is_dir()


def original(sha256: str, extension: str) -> Path:
    return Path(settings.MEDIA_ROOT, "originals", sha256[:2], sha256[2:4], f"{sha256}.{extension}")


def derivatives(sha256: str) -> Path:
    """Return the folder of a picture's derivatives."""
    return Path(settings.MEDIA_ROOT, "derivatives", sha256[:2], sha256[2:4], sha256)


def derivative(sha256: str, side_px: int, extension: str) -> Path:
    return derivatives(sha256) / f"{side_px}.{extension}"


def keep(data: bytes, sha256: str, extension: str) -> Path:
    """Write an original atomically. If it exists, only renew its modification time, so that no sweep deletes it."""
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
        except BaseException:  # leave no part of a file on a full disk
            Path(file.name).unlink()
            raise
    return path
