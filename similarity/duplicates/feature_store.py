"""Files of local features, by the sha256 of their picture. If the store is full, those used longest ago are deleted.

Computing the features of a picture takes about 30 ms, reading them less than one. A missing file is computed again, so
the store needs no backup and may be emptied at any time.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from collection.files import storage

logger = logging.getLogger(__name__)

SHARDS = 256  # folders, each with its share of the limit
PRUNED_TO = 0.9  # share of its limit to which a full folder is emptied
PRUNED_EACH = 16  # one in so many writes checks whether its folder is full


def path_of(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT, "features", sha256[:2], sha256)


def read(sha256: str) -> bytes | None:
    """Return the stored bytes, or None. The file counts as used now."""
    path = path_of(sha256)
    try:
        data = path.read_bytes()
    except OSError:  # never written, or pruned by another worker
        return None
    with suppress(OSError):  # read-only, or pruned meanwhile
        os.utime(path)
    return data


def write(sha256: str, data: bytes) -> None:
    """Store bytes. If the disk is full or read-only, a line in the log says so, and nothing is stored."""
    path = path_of(sha256)
    try:
        storage.write_whole(path, data, is_synced=False)
        if int(sha256[2:4], 16) % PRUNED_EACH == 0:
            prune(path.parent)
    except OSError as error:
        logger.warning("The local features of %s are not kept: %s", sha256, error)


def prune(folder: Path) -> None:
    """Delete the files used longest ago, if the folder exceeds its share of KINDRED_FEATURES_MIB."""
    limit = settings.KINDRED_FEATURES_MIB * 2**20 // SHARDS
    with os.scandir(folder) as entries:
        files = sorted(stat_of(entry) for entry in entries if entry.is_file())
    total = sum(size for _, size, _ in files)
    if total <= limit:
        return
    for _, size, path in files:
        if total <= PRUNED_TO * limit:
            return
        with suppress(FileNotFoundError):  # another worker prunes too
            Path(path).unlink()
        total -= size


def stat_of(entry: "os.DirEntry[str]") -> tuple[float, int, str]:
    """Return the time of the last use, the size in bytes and the path of a file. A file that is gone has size 0."""
    try:
        found = entry.stat()
    except FileNotFoundError:
        return 0.0, 0, entry.path
    return found.st_mtime, found.st_size, entry.path
