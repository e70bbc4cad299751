"""The paths of originals and derivatives under MEDIA_ROOT. Both are named by the sha256 of the original."""

import errno
import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings

SIDES_PX = (160, 480, 1200)
EXTENSIONS = ("webp", "jpg")  # of every derivative; some also exist as avif, see ArtworkImage.avif_sides
FULL = {errno.ENOSPC, errno.EDQUOT}
FAILURES = {*FULL, errno.EROFS}  # errors of the whole storage, not of one file


class StoreUnavailableError(OSError):
    """The folder of originals is missing, for example because a disk is not mounted. The pictures may be intact."""


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


def keep(data: bytes, sha256: str, extension: str) -> bool:
    """Store an original. Return True if it was written, False if a whole file with these bytes exists.

    A file that exists gets a new modification time, so that no sweep deletes it.
    """
    with suppress(FileNotFoundError):
        os.utime(original(sha256, extension))
    return restore(data, sha256, extension)


def restore(data: bytes, sha256: str, extension: str) -> bool:
    """Write an original atomically unless it is whole. Return True if it was missing or damaged."""
    path = original(sha256, extension)
    if is_whole(path, sha256, len(data)):
        return False
    write_whole(path, data)
    return True


def write_whole(path: Path, data: bytes, *, is_synced: bool = True) -> None:
    """Write a file so that nobody ever reads a part of it. Raise OSError, and leave nothing behind, if that fails.

    is_synced: wait until the bytes are on the disk, so that the file also outlives a power failure.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            if is_synced:
                os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:  # remove the part that was written to a full disk
            Path(file.name).unlink()
            raise


def is_whole(path: Path, sha256: str, size_bytes: int) -> bool:
    """Return True if the file has this size and digest. Return False if it is missing or cannot be read."""
    try:
        return path.stat().st_size == size_bytes and digest_of(path) == sha256
    except OSError:
        return False


def digest_of(path: Path) -> str:
    """Return the sha256 of a file as 64 hex digits. Memory does not grow with the size of the file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
