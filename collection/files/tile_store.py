"""Rendered tiles, by the sha256 of their picture. If the store is full, the least recently used are deleted first.

The time of a file is that of its last use, exact to a day, so that a tile that is often sent is seldom written to.
Only tiles and sizes that info.json lists are stored, so that invented addresses fill no disk. A tile that is not stored
is rendered again in a few milliseconds. The store needs no backup and may be emptied at any time.
"""

import logging
import os
import time
import zlib
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from collection.files import storage

logger = logging.getLogger(__name__)

FOLDERS = 256  # by the first two digits of the sha256, each with its share of the limit
PRUNED_TO = 0.9  # share of its limit to which a full folder is emptied
PRUNED_EACH = 16  # one in so many writes checks whether its folder is full
NOTED_S = 86_400  # the use of a tile is noted once in this time
YOUNG_S = 60  # a tile is not deleted for so long after its use was noted: a proxy may be about to open it


def path_of(sha256: str, name: str) -> Path:
    """Return the path of a tile. The name must contain everything on which the content depends."""
    return Path(settings.MEDIA_ROOT, "tiles", sha256[:2], sha256[2:4], sha256, name)


def find(path: Path) -> bool:
    """Return True if a tile is stored, and note its use."""
    now = time.time()
    try:
        if now - path.stat().st_mtime > NOTED_S:
            os.utime(path, (now, now))
    except FileNotFoundError:
        return False
    except OSError as error:
        logger.warning("The use of the tile %s is not noted: %s", path.name, error)
        return path.is_file()
    return True


def write(path: Path, data: bytes) -> None:
    """Store a tile. If the disk is full or read-only, write a line to the log and store nothing."""
    if not settings.KINDRED_TILES_MIB:
        return
    try:
        storage.write_whole(path, data, is_synced=False)
        if zlib.crc32(path.name.encode()) % PRUNED_EACH == 0:
            prune(path.parents[2])
    except OSError as error:
        logger.warning("The tile %s is not kept: %s", path.name, error)


def prune(folder: Path) -> None:
    """Delete the least recently used tiles of one of the folders 00 to ff if it exceeds its share of the limit."""
    limit = settings.KINDRED_TILES_MIB * 2**20 // FOLDERS
    files = sorted(stat_of(path) for path in folder.glob("??/*/*"))
    total = sum(size for _, size, _ in files)
    if total <= limit:
        return
    young = time.time() - YOUNG_S
    for used_at, size, path in files:
        if total <= PRUNED_TO * limit or used_at > young:
            return
        with suppress(OSError):  # another process may prune too; a folder that still has tiles is not removed
            path.unlink()
            total -= size
            path.parent.rmdir()


def stat_of(path: Path) -> tuple[float, int, Path]:
    """Return the noted time of the last use, the size in bytes, and the path. A file that is gone has size 0."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0.0, 0, path
    return found.st_mtime, found.st_size, path
