"""Check the files of pictures, store the results, and queue repairs that need no person.

A slice of all files is checked every few minutes, beginning with those that were checked longest ago. Memory does not
grow with the collection. A slice ends early while uploads wait for their derivatives.
"""

import datetime as dt
import logging
import math
import time
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from collection.files import integrity, pyramids, storage
from collection.jobs import failures, job_queue, rebuilding
from collection.models import ArtworkImage, FileCheck, FileState, Job, JobState

logger = logging.getLogger(__name__)

SLICE_S = 20.0
SLICE_LIMIT = 2_000  # pictures
AGAIN_LIMIT = 20  # pictures with a problem that are checked again in each slice
DAY_S = 86_400
LATE = 1.1  # times the period: a check that is a few hours late is no problem
UNEXPECTED = failures.NOT_CHECKED
FAULTS = {FileState.DAMAGED, FileState.MISSING}

ADD_MISSING = """
    INSERT INTO collection_filecheck (image_id, original, derivatives, problem)
    SELECT image.id, 'whole', 'waiting', '' FROM collection_artworkimage AS image
    WHERE NOT EXISTS (SELECT FROM collection_filecheck AS known WHERE known.image_id = image.id)
    ON CONFLICT DO NOTHING
"""


def check(image: ArtworkImage, *, rebuilds: bool = True) -> FileCheck | None:
    """Check the files of a picture. Store the result for all pictures that share them. Return that of this picture.

    Derivatives that are damaged or missing are queued if the original is whole. If the original was damaged at the last
    check, failed jobs of the picture are repeated. Return None if the picture has been deleted. Raise
    StoreUnavailableError if the folder of originals is missing.
    """
    storage.require()
    began_at = timezone.now()
    was_faulty = FileCheck.objects.filter(image=image, original__in=FAULTS).exists()
    original, derivatives = integrity.check_original(image), integrity.check_derivatives(image)
    known = {one.image_id: one for one in record(image.sha256, began_at, original, derivatives)}
    found = known.get(image.pk)
    if found and found.original == FileState.WHOLE:
        if was_faulty:
            job_queue.retry_failed([image])
        if rebuilds and found.derivatives in FAULTS:
            rebuilding.queue_unless_failed(image)
        if rebuilds:
            check_pyramid(image)
    return found


def check_pyramid(image: ArtworkImage) -> None:
    """Queue the tiled copy of a picture again if it was made but is now damaged or missing."""
    made = Job.objects.filter(image=image, key=job_queue.PYRAMID, state=JobState.DONE)
    if made.exists() and (state := pyramids.state_of(image)) in FAULTS:
        logger.warning("The tiled copy of picture %s is %s and will be made again", image.pk, state)
        rebuilding.queue([image], job_queue.PYRAMID)


@transaction.atomic
def record(
    sha256: str, began_at: dt.datetime, original: integrity.Finding, derivatives: integrity.Finding
) -> list[FileCheck]:
    """Store a result for all pictures with these files, unless a check that began later has stored one. Return all."""
    rows = ArtworkImage.objects.filter(sha256=sha256).order_by("pk").select_for_update(no_key=True)
    images = {image.pk: image for image in rows}  # locked, so that none is deleted before its result is written
    later = FileCheck.objects.filter(image__in=images, checked_at__gt=began_at)
    newer = {one.image_id: one for one in later}
    found = [row(image, began_at, original, derivatives) for pk, image in images.items() if pk not in newer]
    FileCheck.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["image"],
        update_fields=["checked_at", "original", "derivatives", "problem"],
    )
    return [*found, *newer.values()]


def row(
    image: ArtworkImage, began_at: dt.datetime, original: integrity.Finding, derivatives: integrity.Finding
) -> FileCheck:
    """Return the row of one picture. It is no problem if its derivatives have not been made yet."""
    if derivatives.state == FileState.MISSING and not image.is_ready:
        derivatives = integrity.Finding(FileState.WAITING)
    problem = " ".join(filter(None, [original.problem, derivatives.problem]))
    return FileCheck(
        image=image, checked_at=began_at, original=original.state, derivatives=derivatives.state, problem=problem
    )


def is_original_whole(image: ArtworkImage) -> bool:
    """Return False if the last check found a fault in the original. Otherwise read it, and record a new fault."""
    known = last_of(image)
    if known and known.original in FAULTS:
        return False
    try:
        if integrity.check_original(image).state == FileState.WHOLE:
            return True
        check(image)
    except storage.StoreUnavailableError as error:
        logger.warning("%s", error)
    return False


def is_derivative_whole(image: ArtworkImage, side_px: int, extension: str) -> bool:
    """Return True unless the last check found damaged derivatives, and this is one of them."""
    known = last_of(image)
    if known is None or known.derivatives != FileState.DAMAGED:
        return True
    return not integrity.fault_of(storage.derivative(image.sha256, side_px, extension), image.size_at(side_px))


def last_of(image: ArtworkImage) -> FileCheck | None:
    """Return the result of the last check, None before the first."""
    known: FileCheck | None = getattr(image, "file_check", None)
    return known


def check_again(image: ArtworkImage) -> None:
    """Check a picture whose last check found a problem, for example after its derivatives were made again."""
    if problems().filter(image=image).exists():
        check(image, rebuilds=False)


def run_slice(budget_s: float = SLICE_S) -> int:
    """Check the pictures that are due, at least one. Return how many. Raise StoreUnavailableError.

    A picture is due if its last check is older than KINDRED_CHECK_DAYS. In addition, each slice checks as many pictures
    as are needed to check all within that period.
    """
    add_missing()
    until = time.monotonic() + budget_s
    return check_oldest(until) + check_problems(until)


def check_oldest(until: float) -> int:
    """Check those that are due. Stop at the time `until` of time.monotonic. Return how many were checked."""
    share = math.ceil(FileCheck.objects.count() * settings.CHECK_FILES_S / (settings.KINDRED_CHECK_DAYS * DAY_S))
    count = 0
    for known in oldest(SLICE_LIMIT):
        is_enough = count >= share and not is_overdue(known)
        if count and (is_enough or time.monotonic() > until or is_upload_waiting()):
            break
        check_or_note(known.image)
        count += 1
    return count


def check_problems(until: float) -> int:
    """Check pictures with a problem again: a person may have restored a file from a backup. Return how many."""
    count = 0
    before = timezone.now() - dt.timedelta(seconds=settings.CHECK_FILES_S / 2)  # not those of this slice
    again = problems().filter(checked_at__lt=before).order_by("checked_at").select_related("image")
    for known in again[:AGAIN_LIMIT]:
        if count and time.monotonic() > until:
            break
        check_or_note(known.image)
        count += 1
    return count


def check_or_note(image: ArtworkImage) -> None:
    """Check a picture. If the check itself fails, store that, so that the next slice continues with other pictures."""
    try:
        check(image)
    except storage.StoreUnavailableError:
        raise
    except Exception:
        logger.exception("Unexpected error while checking the files of picture %s", image.pk)
        FileCheck.objects.filter(image=image).update(checked_at=timezone.now(), problem=UNEXPECTED)


def is_upload_waiting() -> bool:
    """Return True if derivatives of an upload wait for a worker. Rebuilds and imports do not count."""
    free = job_queue.free([job_queue.DERIVATIVES])
    return free.filter(priority=job_queue.UPLOAD_PRIORITY).exists()


def add_missing() -> None:
    """Add a row without a check for every picture that has none."""
    with connection.cursor() as cursor:
        cursor.execute(ADD_MISSING)


def oldest(limit: int) -> QuerySet[FileCheck]:
    """Return the rows of pictures that were never checked, then the others, the oldest check first."""
    due = FileCheck.objects.order_by(F("checked_at").asc(nulls_first=True))
    return due.select_related("image")[:limit]


def is_overdue(known: FileCheck) -> bool:
    period = dt.timedelta(days=settings.KINDRED_CHECK_DAYS)
    return known.checked_at is None or known.checked_at < timezone.now() - period


def check_all(images: Iterable[ArtworkImage], *, rebuilds: bool) -> Iterator[FileCheck]:
    """Check pictures one after the other. Yield a result for each that still exists."""
    for image in images:
        found = check(image, rebuilds=rebuilds)
        if found is not None:
            yield found


def problems() -> QuerySet[FileCheck]:
    """Return the rows of pictures whose last check found something damaged or missing."""
    return FileCheck.objects.exclude(problem="")


def read_since() -> dt.datetime | None:
    """Return the time since which all files have been read, or None if there are no pictures.

    A picture that was never checked counts from its upload.
    """
    if known := oldest(1).first():
        return known.checked_at or known.image.created_at
    first = ArtworkImage.objects.order_by("pk").first()
    return first.created_at if first else None


def is_late() -> bool:
    """Return True if a file has not been read for much longer than KINDRED_CHECK_DAYS. An upload counts as a read."""
    since = read_since()
    return since is not None and since < timezone.now() - dt.timedelta(days=settings.KINDRED_CHECK_DAYS * LATE)
