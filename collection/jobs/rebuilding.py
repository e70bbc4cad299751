"""Queue derivatives and tiled copies to be made again. This module does not import libvips."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from collection.files import storage
from collection.jobs import job_queue, workers
from collection.models import ArtworkImage, Collection, Job, JobState

PAUSE_S = 60  # before derivatives that are still missing after a rebuild are queued again by a request


MAKERS = {job_queue.DERIVATIVES: workers.MAKE_DERIVATIVES, job_queue.PYRAMID: workers.MAKE_PYRAMIDS}


def queue(images: Sequence[ArtworkImage], key: str = job_queue.DERIVATIVES) -> int:
    """Queue the files of these pictures behind uploads. Return the number that was not queued already."""
    with transaction.atomic():
        job_queue.add(images, key, priority=job_queue.BACKLOG_PRIORITY)
        count = job_queue.repeat(key, images)
    workers.wake_after_commit(MAKERS[key])
    return count


def queue_unless_failed(image: ArtworkImage, key: str = job_queue.DERIVATIVES) -> None:
    """Queue the files of a picture, unless the last attempt to make them failed, because it would fail again."""
    if not Job.objects.filter(image=image, key=key, state=JobState.FAILED).exists():
        queue([image], key)


def queue_after_change(collection: Collection, former_px: int) -> int:
    """Queue the tiled copies that a change of their collection's limit makes outdated. Return their number."""
    least_px = min(former_px, collection.public_side_px)
    images = ArtworkImage.objects.filter(artwork__collection=collection)
    images = images.filter(Q(width_px__gt=least_px) | Q(height_px__gt=least_px))
    with transaction.atomic():
        ended = Job.objects.filter(image__in=images, key=job_queue.PYRAMID).exclude(state__in=job_queue.UNFINISHED)
        count = job_queue.put_back(ended)
    workers.wake_after_commit(workers.MAKE_PYRAMIDS)
    return count


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
