"""Store rendered tiles by the sha256 of their picture. If the store is full, delete the oldest first.

Only tiles and sizes that info.json lists are stored, so that invented addresses fill no disk. A tile that is not stored
is rendered again in a few milliseconds. The store needs no backup and may be emptied at any time.
"""

import logging
import zlib
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from collection.files import storage

logger = logging.getLogger(__name__)

FOLDERS = 256  # by the first two digits of the sha256, each with its share of the limit
PRUNED_TO = 0.9  # a full folder is reduced to this share of its limit
PRUNED_EACH = 16  # one write in this many checks whether its folder is full


def path_of(sha256: str, name: str) -> Path:
    """Return the path of a tile. The name must contain everything on which the content depends."""
    return Path(settings.MEDIA_ROOT, "tiles", sha256[:2], sha256[2:4], sha256, name)


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
    """Delete the oldest tiles if one of the folders 00 to ff exceeds its share of KINDRED_TILES_MIB."""
    limit = settings.KINDRED_TILES_MIB * 2**20 // FOLDERS
    files = sorted(stat_of(path) for path in folder.glob("??/*/*"))
    total = sum(size for _, size, _ in files)
    if total <= limit:
        return
    for _, size, path in files:
        if total <= PRUNED_TO * limit:
            return
        with suppress(OSError):  # another process may prune too; a folder that still has tiles is not removed
            path.unlink()
            total -= size
            path.parent.rmdir()


def stat_of(path: Path) -> tuple[float, int, Path]:
    """Return the time of writing, the size in bytes, and the path. A file that was deleted has size 0."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0.0, 0, path
    return found.st_mtime, found.st_size, path
