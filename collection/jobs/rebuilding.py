"""Queue derivatives, AVIF files and tiled copies to be made, also again. This module does not import libvips."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from collection.files import storage
from collection.jobs import job_queue, workers
from collection.models import ArtworkImage, Collection, Job, JobState, PublicSizeChange

PAUSE_S = 60  # before derivatives that are still missing after a rebuild are queued again by a request
RESIZED_BATCH = 1_000  # pictures, in one transaction

MAKERS = {job_queue.DERIVATIVES: workers.MAKE_DERIVATIVES, job_queue.PYRAMID: workers.MAKE_PYRAMIDS}


def queue(images: Sequence[ArtworkImage], key: str = job_queue.DERIVATIVES) -> int:
    """Queue the files of these pictures behind uploads, and wake a worker. Return how many of their jobs had ended."""
    count = queue_without_waking(images, key)
    workers.wake_after_commit(MAKERS[key])
    return count


def queue_without_waking(images: Sequence[ArtworkImage], key: str) -> int:
    with transaction.atomic():
        job_queue.add(images, key, priority=job_queue.BACKLOG_PRIORITY)
        return job_queue.repeat(key, images)


def queue_unless_failed(image: ArtworkImage, key: str = job_queue.DERIVATIVES) -> None:
    """Queue the files of a picture, unless the last attempt to make them failed, because it would fail again."""
    if not Job.objects.filter(image=image, key=key, state=JobState.FAILED).exists():
        queue([image], key)


def note_change(collection: Collection, former_px: int) -> int:
    """Note that the limit of a collection has changed. Return how many pictures it concerns.

    A worker queues them after the commit (`queue_resized`), because there may be a million.
    """
    least_px = min(former_px, collection.public_side_px)
    change = PublicSizeChange.objects.create(collection=collection, least_px=least_px)
    workers.wake_after_commit(workers.QUEUE_RESIZED)
    return concerned(change).count()


def concerned(change: PublicSizeChange) -> QuerySet[ArtworkImage]:
    """Return the pictures whose tiled copies have another size after a change."""
    images = ArtworkImage.objects.filter(artwork__collection=change.collection_id)
    return images.filter(Q(width_px__gt=change.least_px) | Q(height_px__gt=change.least_px))


def queue_resized() -> None:
    """Queue the tiled copies that changed limits concern, in short transactions. Safe to run twice at once."""
    while queue_some_resized():
        pass
    workers.wake(workers.MAKE_PYRAMIDS)  # before this, sweeps wake them


@transaction.atomic
def queue_some_resized() -> bool:
    """Queue one batch of the oldest change that no other process handles. Return False if there is none."""
    change = PublicSizeChange.objects.order_by("pk").select_for_update(skip_locked=True).first()
    if change is None:
        return False
    rest = concerned(change).filter(pk__gt=change.queued_up_to).order_by("pk")
    pks = list(rest.values_list("pk", flat=True)[:RESIZED_BATCH])
    if not pks:
        change.delete()
        return True
    ended = Job.objects.filter(image__in=pks, key=job_queue.PYRAMID).exclude(state__in=job_queue.UNFINISHED)
    job_queue.put_back(ended)
    PublicSizeChange.objects.filter(pk=change.pk).update(queued_up_to=pks[-1])
    return True


def queue_lost(image: ArtworkImage, key: str = job_queue.DERIVATIVES) -> bool:
    """Queue files that were made, but are missing at a request. Return True if they were queued now.

    They are queued once, regardless of the number of requests. A rebuild that failed is not repeated here, because it
    would fail again: `file_checks` repeats it when the original is whole.
    """
    if not storage.folder_of_originals().is_dir():
        return False
    before = timezone.now() - dt.timedelta(seconds=PAUSE_S)
    made = Job.objects.filter(image=image, key=key, state=JobState.DONE, changed_at__lt=before)
    is_queued = job_queue.put_back(made) > 0
    if is_queued:
        workers.wake_after_commit(MAKERS[key])
    return is_queued
