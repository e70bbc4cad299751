"""Look for possible duplicates of described pictures, a batch at a time. Work of CPU workers: torch is not loaded.

The embedding worker notes a step for each picture in the transaction that stores its vector (`pipeline.write`). A batch
is flagged after that commit, so of two copies that come in at once, the one that is flagged later meets the other.
"""

import logging
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef

from collection.jobs import job_queue, workers
from collection.models import ArtworkImage, Step
from similarity.duplicates import detection
from similarity.models import Embedding, Space
from similarity.spaces import lifecycle
from similarity.workers import stage_times, task_names

logger = logging.getLogger(__name__)

BATCH = 16  # pictures; about half a second of work
REPAIRED_AT_ONCE = 10_000  # pictures
UNEXPECTED = "Duplicates of this picture could not be looked for; the worker's log says why."


def run() -> int:
    """Flag one batch and wake a worker for the next, so that several share a long queue. Return the number of pictures.

    Safe to run twice. Raise OperationalError if the database fails; the pictures are tried again after their lease.
    """
    if not can_run():
        return 0
    claim = job_queue.claim([job_queue.FLAG], BATCH)
    if not claim:
        return 0
    with stage_times.stage(stage_times.FLAG, len(claim.steps)):
        flag_each(claim)
    if job_queue.is_waiting(job_queue.FLAG):
        workers.wake(task_names.FLAG)
    return len(claim.steps)


def can_run() -> bool:
    """Return False while the space of copies is still being filled with pictures that the look has: most would be
    missed, and no picture is flagged twice."""
    space = lifecycle.for_copies()
    return space is not None and lifecycle.knows_copies(space)


def flag_each(claim: job_queue.Claim) -> None:
    """Flag the pictures together; if that fails, one by one, so that only the one that cannot be flagged fails."""
    try:
        flag(claim, claim.steps)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Flagging of %s pictures", len(claim.steps))
        for step in claim.steps:
            flag_alone(claim, step)


def flag_alone(claim: job_queue.Claim, step: Step) -> None:
    try:
        flag(claim, [step])
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Flagging of picture %s", step.image_id)
        job_queue.fail(claim, step, UNEXPECTED)


@transaction.atomic
def flag(claim: job_queue.Claim, chosen: Sequence[Step]) -> None:
    """Store the pairs of these pictures and finish their steps, all or nothing.

    A picture without a vector is left to the embedding worker, which notes it again: the space may have been switched.
    """
    ours = job_queue.renew(claim)
    held = [step for step in chosen if step.pk in ours]
    space = lifecycle.for_copies()
    described = described_in(space, held) if space else []
    if space and described:
        detection.flag_near(space, [step.image_id for step in described])
    job_queue.finish(claim, described)
    job_queue.withdraw(claim, [step for step in held if step not in described])


def described_in(space: Space, chosen: Sequence[Step]) -> list[Step]:
    """Those of these steps whose pictures have a vector in the space."""
    rows = Embedding.objects.filter(space=space, image__in=[step.image_id for step in chosen])
    there = set(rows.values_list("image_id", flat=True))
    return [step for step in chosen if step.image_id in there]


def unnoted(space: Space) -> list[ArtworkImage]:
    """Some of the pictures that have a vector in the space, but no step of flagging in whatever state."""
    described = Exists(Embedding.objects.filter(space=space, image=OuterRef("pk")))
    noted = Exists(Step.objects.filter(key=job_queue.FLAG, image=OuterRef("pk")))
    return list(ArtworkImage.objects.filter(described, ~noted).only("pk")[:REPAIRED_AT_ONCE])


def repair() -> None:
    """Note the step of pictures that have a vector and lack it, as after a switch. Looks at every picture."""
    space = lifecycle.for_copies()
    while space and (images := unnoted(space)):
        job_queue.add(images, job_queue.FLAG, priority=job_queue.BACKLOG_PRIORITY)


def sweep() -> None:
    """Wake a worker if pictures wait. Cheap: every few seconds."""
    if job_queue.is_waiting(job_queue.FLAG) and can_run():
        workers.wake(task_names.FLAG)
