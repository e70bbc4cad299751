"""Delete orphan files: those of deleted pictures, of uploads whose row was never stored, and of interrupted writes.

A file is written before its row (see `ingest`), so new files are not deleted. `storage.keep` renews the modification
time of a file that is uploaded again.
"""

import logging
import re
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from django.conf import settings

from collection.models import ArtworkImage

logger = logging.getLogger(__name__)

BATCH = 1_000
DIGEST = re.compile(r"[0-9a-f]{64}")


class NoPicturesError(RuntimeError):
    """The database has no pictures, so every file would be deleted."""


@dataclass(frozen=True)
class OrphanFile:
    """An original, a folder of derivatives or tiles, or a temporary file (which has no sha256)."""

    path: Path
    sha256: str = ""

    def files(self) -> list[Path]:
        """Return its regular files. Kindred writes no others, so folders and links are left alone."""
        paths = list(self.path.iterdir()) if is_folder(self.path) else [self.path]
        return [path for path in paths if stat.S_ISREG(path.lstat().st_mode)]


@dataclass
class Swept:
    files: int = 0
    size_bytes: int = 0

    def __str__(self) -> str:
        return f"{self.files} files, {self.size_bytes / 2**20:.1f} MiB"


def sweep(older_than_s: float, *, is_rehearsal: bool = False) -> Swept:
    """Delete files without a row that are older than `older_than_s`. A rehearsal only counts. Raise NoPicturesError."""
    if not ArtworkImage.objects.exists():
        raise NoPicturesError("The database has no pictures, so nothing was deleted. Is it the right database?")
    before = time.time() - older_than_s
    swept = Swept()
    found = (one for one in candidates(Path(settings.MEDIA_ROOT)) if is_older(one.path, before))
    while batch := list(islice(found, BATCH)):
        for orphan in without_row(batch):
            if is_older(orphan.path, before):  # checked again after the rows were read: see storage.keep
                discard(orphan, swept, is_rehearsal=is_rehearsal)
    return swept


def candidates(root: Path, prefix: str = "??") -> Iterator[OrphanFile]:
    """Yield the files below `root` whose names are those of pictures or of unfinished writes.

    With a prefix of two hex digits, yield only those in the folders of that name.
    """
    for path in entries(root / "originals", prefix):
        if is_folder(path):
            continue
        if DIGEST.fullmatch(path.stem):
            yield OrphanFile(path, path.stem)
        elif path.name.startswith("tmp"):
            yield OrphanFile(path)
    for folder in chain(entries(root / "derivatives", prefix), entries(root / "tiles", prefix)):
        if DIGEST.fullmatch(folder.name) and is_folder(folder):
            yield from map(OrphanFile, folder.glob("*.part"))
            yield OrphanFile(folder, folder.name)


def entries(root: Path, prefix: str) -> Iterator[Path]:
    """Yield the content of the folders PREFIX/?? below `root`. Links to folders are not followed."""
    for folder in root.glob(f"{prefix}/??"):
        if is_folder(folder.parent) and is_folder(folder):
            yield from folder.iterdir()


def is_folder(path: Path) -> bool:
    """Return True if the path is a folder and not a link."""
    return path.is_dir() and not path.is_symlink()


def is_older(path: Path, before: float) -> bool:
    """Return True if the file was modified before this time (seconds since 1970), False if it no longer exists."""
    try:
        return path.lstat().st_mtime < before
    except FileNotFoundError:
        return False


def without_row(batch: Iterable[OrphanFile]) -> list[OrphanFile]:
    digests = {one.sha256 for one in batch}
    known = set(ArtworkImage.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    return [one for one in batch if one.sha256 not in known]


def discard(orphan: OrphanFile, swept: Swept, *, is_rehearsal: bool) -> None:
    """Delete an orphan file. If that fails, log the reason and continue: a later sweep tries again."""
    try:
        delete(orphan, swept, is_rehearsal=is_rehearsal)
    except OSError as error:
        logger.warning("The orphan file %s could not be deleted: %s", orphan.path, error)


def delete(orphan: OrphanFile, swept: Swept, *, is_rehearsal: bool) -> None:
    for file in orphan.files():
        size_bytes = file.lstat().st_size
        if not is_rehearsal:
            file.unlink()
        swept.size_bytes += size_bytes
        swept.files += 1
    if is_folder(orphan.path) and not is_rehearsal:
        orphan.path.rmdir()
