"""Queue derivatives to be made again. This module does not import libvips, so web processes can use it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from collection.files import storage
from collection.jobs import job_queue, workers
from collection.models import ArtworkImage, Job, JobState

PAUSE_S = 60  # before derivatives that are still missing after a rebuild are queued again by a request


def queue(images: Sequence[ArtworkImage]) -> int:
    """Queue the derivatives of these pictures behind uploads. Return the number that was not queued already."""
    with transaction.atomic():
        job_queue.add(images, job_queue.DERIVATIVES, priority=job_queue.BACKLOG_PRIORITY)
        count = job_queue.repeat(job_queue.DERIVATIVES, images)
    workers.wake_after_commit(workers.MAKE_DERIVATIVES)
    return count


def queue_unless_failed(image: ArtworkImage) -> None:
    """Queue the derivatives of a picture, unless the last attempt to make them failed, because it would fail again."""
    if not Job.objects.filter(image=image, key=job_queue.DERIVATIVES, state=JobState.FAILED).exists():
        queue([image])


def queue_lost(image: ArtworkImage) -> bool:
    """Queue derivatives that were made, but are missing at a request. Return True if they were queued now.

    They are queued once, regardless of the number of requests. A rebuild that failed is not repeated here, because it
    would fail again: `file_checks` repeats it when the original is whole.
    """
    if not storage.folder_of_originals().is_dir():
        return False
    before = timezone.now() - dt.timedelta(seconds=PAUSE_S)
    made = Job.objects.filter(image=image, key=job_queue.DERIVATIVES, state=JobState.DONE, changed_at__lt=before)
    is_queued = job_queue.put_back(made) > 0
    if is_queued:
        workers.wake_after_commit(workers.MAKE_DERIVATIVES)
    return is_queued
