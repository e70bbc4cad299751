"""Delete the files of deleted pictures by schedule, KINDRED_ORPHAN_DAYS after they were first found without a picture.

Each hour of the day has its share of the folders, so each file is checked once a day. The command `sweep_files`
immediately deletes orphan files that are older than a day.
"""

import datetime as dt
import logging
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from collection.files import orphan_files, storage
from collection.files.orphan_files import OrphanFile, Swept
from collection.models import ArtworkImage, Orphan

HOURS = 24
YOUNG_S = 86_400
FOLDERS = 256  # originals and derivatives lie in folders 00 to ff, by the first two digits of their digest

logger = logging.getLogger(__name__)


def clean(now: dt.datetime | None = None) -> Swept:
    """Record new orphan files of this hour's folders, and delete those whose time has passed. Safe to run twice.

    Delete nothing if the database has no pictures, because it may be the wrong database.
    """
    now = now or timezone.now()
    swept = Swept()
    if not ArtworkImage.objects.exists():
        return swept
    storage.require()
    for prefix in prefixes(now.hour):
        clean_folder(prefix, now, swept)
    if swept.files:
        logger.info("Deleted the files of deleted pictures: %s.", swept)
    return swept


def prefixes(hour: int) -> list[str]:
    """Return the folders of one hour, such as 07, 1f, 37 ..."""
    return [f"{number:02x}" for number in range(hour, FOLDERS, HOURS)]


def clean_folder(prefix: str, now: dt.datetime, swept: Swept) -> None:
    noted = Orphan.objects.filter(sha256__startswith=prefix)
    noted.filter(sha256__in=ArtworkImage.objects.filter(sha256__startswith=prefix).values("sha256")).delete()
    due = noted.filter(found_at__lt=now - dt.timedelta(days=settings.KINDRED_ORPHAN_DAYS))
    due_digests = set(due.values_list("sha256", flat=True))
    found = orphan_files.candidates(Path(settings.MEDIA_ROOT), prefix)
    while batch := list(islice(found, orphan_files.BATCH)):
        orphans = orphan_files.without_row(batch)
        Orphan.objects.bulk_create(
            [Orphan(sha256=sha256, found_at=now) for sha256 in {one.sha256 for one in orphans} - {""}],
            ignore_conflicts=True,
        )
        for orphan in orphans:
            if orphan.sha256 in due_digests or not orphan.sha256:
                delete_if_old(orphan, now, swept)
    due.filter(sha256__in=due_digests).delete()


def delete_if_old(orphan: OrphanFile, now: dt.datetime, swept: Swept) -> None:
    """Delete a file unless it was written within a day: its upload may not have stored its row yet (storage.keep)."""
    if orphan_files.is_older(orphan.path, now.timestamp() - YOUNG_S):
        orphan_files.discard(orphan, swept, is_rehearsal=False)
