"""Look for possible duplicates of described pictures, a batch at a time. CPU workers do this without torch.

The embedding worker adds a job for each picture in the transaction that stores its vector (`pipeline.write`). A batch
is flagged after that commit. So of two copies that are added at once, the one that is flagged later finds the other.
"""

import logging
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef

from collection.jobs import failures, job_queue, workers
from collection.models import ArtworkImage, Job
from similarity.duplicates import detection
from similarity.models import Embedding, Space
from similarity.spaces import lifecycle
from similarity.workers import stage_times, task_names

logger = logging.getLogger(__name__)

BATCH = 16  # pictures; about half a second of work
REPAIRED_AT_ONCE = 10_000  # pictures
UNEXPECTED = failures.NOT_FLAGGED


def run() -> int:
    """Flag one batch and wake a worker for the next, so that several share a long queue. Return the number of pictures.

    Pictures whose derivatives are still to be made wait for them (`job_queue.free`); a sweep wakes a worker for them.
    Safe to run twice. Raise OperationalError if the database fails; the pictures are tried again after their lease.
    """
    if not can_run():
        return 0
    claim = job_queue.claim([job_queue.FLAG], BATCH)
    if not claim:
        return 0
    with stage_times.stage(stage_times.FLAG, len(claim.jobs)):
        flag_each(claim)
    if job_queue.is_waiting(job_queue.FLAG):
        workers.wake(task_names.FLAG)
    return len(claim.jobs)


def can_run() -> bool:
    """Return False while the space that finds copies still lacks pictures that the look has.

    Flagging would then miss most copies, and a picture is not flagged a second time.
    """
    space = lifecycle.for_copies()
    return space is not None and lifecycle.knows_copies(space)


def flag_each(claim: job_queue.Claim) -> None:
    """Flag the pictures together; if that fails, one by one, so that only the one that cannot be flagged fails."""
    try:
        flag(claim, claim.jobs)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Flagging of %s pictures", len(claim.jobs))
        for job in claim.jobs:
            flag_alone(claim, job)


def flag_alone(claim: job_queue.Claim, job: Job) -> None:
    """Flag one picture. If that fails unexpectedly, its job fails, and the log has the reason."""
    try:
        flag(claim, [job])
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Flagging of picture %s", job.image_id)
        job_queue.fail(claim, job, UNEXPECTED)


@transaction.atomic
def flag(claim: job_queue.Claim, chosen: Sequence[Job]) -> None:
    """Store the pairs of these pictures and finish their jobs, all or nothing.

    A picture may have no vector because the live space was switched. Its job is deleted, and the embedding worker adds
    it again with the vector.
    """
    ours = job_queue.renew(claim)
    claimed = [job for job in chosen if job.pk in ours]
    space = lifecycle.for_copies()
    described = described_in(space, claimed) if space else []
    if space and described:
        detection.flag_near(space, [job.image_id for job in described])
    job_queue.finish(claim, described)
    job_queue.withdraw(claim, [job for job in claimed if job not in described])


def described_in(space: Space, chosen: Sequence[Job]) -> list[Job]:
    """Return those of these jobs whose pictures have a vector in the space."""
    rows = Embedding.objects.filter(space=space, image__in=[job.image_id for job in chosen])
    there = set(rows.values_list("image_id", flat=True))
    return [job for job in chosen if job.image_id in there]


def without_job(space: Space) -> list[ArtworkImage]:
    """Return up to REPAIRED_AT_ONCE pictures that have a vector in the space and no flag job, waiting or done."""
    described = Exists(Embedding.objects.filter(space=space, image=OuterRef("pk")))
    has_job = Exists(Job.objects.filter(key=job_queue.FLAG, image=OuterRef("pk")))
    return list(ArtworkImage.objects.filter(described, ~has_job).only("pk")[:REPAIRED_AT_ONCE])


def repair() -> None:
    """Add a flag job for each picture that has a vector and no job, such as after a switch. Reads every picture."""
    space = lifecycle.for_copies()
    while space and (images := without_job(space)):
        job_queue.add(images, job_queue.FLAG, priority=job_queue.BACKLOG_PRIORITY)


def sweep() -> None:
    """Wake a worker if pictures wait. This is cheap enough to run every few seconds."""
    if job_queue.is_waiting(job_queue.FLAG) and can_run():
        workers.wake(task_names.FLAG)
