"""Files that belong to no picture: of removed views, of uploads that never got their row, of writes cut short.

A file comes before its row (see ingest), so what is young is left alone; `storage.keep` makes a file young
again when it is asked for once more.
"""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings

from collection.models import ArtworkImage

BATCH = 1_000
DIGEST = re.compile(r"[0-9a-f]{64}")


class NoPicturesError(RuntimeError):
    """The database knows no picture at all, so that every file would go."""


@dataclass(frozen=True)
class Leftover:
    """An original, a folder of derivatives, or a temporary file (then without sha256)."""

    path: Path
    sha256: str = ""

    def files(self) -> list[Path]:
        return list(self.path.iterdir()) if self.path.is_dir() else [self.path]


@dataclass
class Swept:
    files: int = 0
    size_bytes: int = 0

    def __str__(self) -> str:
        return f"{self.files} files, {self.size_bytes / 2**20:.1f} MiB"


def sweep(older_than_s: float, *, is_rehearsal: bool = False) -> Swept:
    """Deletes, or only counts, what no row has and nobody has touched for that long. Raises NoPicturesError."""
    if not ArtworkImage.objects.exists():
        raise NoPicturesError("The database knows no picture at all, so nothing was deleted; is it the right one?")
    before = time.time() - older_than_s
    swept = Swept()
    found = (one for one in candidates(Path(settings.MEDIA_ROOT)) if is_older(one.path, before))
    while batch := list(islice(found, BATCH)):
        for leftover in without_row(batch):
            if is_older(leftover.path, before):  # still, after the rows were asked for: see storage.keep
                discard(leftover, swept, is_rehearsal=is_rehearsal)
    return swept


def candidates(root: Path) -> Iterator[Leftover]:
    """Everything below `root` that bears the name of a picture or of a write under way; nothing else."""
    for path in root.glob("originals/??/??/*"):
        if DIGEST.fullmatch(path.stem):
            yield Leftover(path, path.stem)
        elif path.name.startswith("tmp"):
            yield Leftover(path)
    for folder in root.glob("derivatives/??/??/*"):
        if DIGEST.fullmatch(folder.name) and folder.is_dir():
            yield from map(Leftover, folder.glob("*.part"))
            yield Leftover(folder, folder.name)


def is_older(path: Path, before: float) -> bool:
    """By its mtime, seconds since 1970; no for what has gone meanwhile."""
    try:
        return path.lstat().st_mtime < before
    except FileNotFoundError:
        return False


def without_row(batch: Iterable[Leftover]) -> list[Leftover]:
    digests = {one.sha256 for one in batch}
    known = set(ArtworkImage.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    return [one for one in batch if one.sha256 not in known]


def discard(leftover: Leftover, swept: Swept, *, is_rehearsal: bool) -> None:
    for file in leftover.files():
        swept.size_bytes += file.lstat().st_size
        swept.files += 1
        if not is_rehearsal:
            file.unlink()
    if leftover.path.is_dir() and not is_rehearsal:
        leftover.path.rmdir()
