"""Originals -> derivatives, a batch at a time."""

import logging

from collection.files import derivatives, storage
from collection.jobs import job_queue, workers
from collection.models import Step

logger = logging.getLogger(__name__)

BATCH = 8
UNREADABLE = "The file of this picture could not be read; the worker's log says why."
UNEXPECTED = "The smaller copies of this picture could not be made; the worker's log says why."


def run() -> None:
    """Make the derivatives of one batch. Wake a worker for the next, so that several share a long queue."""
    claim = job_queue.claim([job_queue.DERIVATIVES], BATCH)
    try:
        if claim:
            storage.require()
        for step in claim.steps:
            if step.pk in job_queue.renew(claim):
                develop(claim, step)
    except OSError:  # a full disk or a missing one, no fault of these pictures
        job_queue.give_back(claim, claim.steps)
        raise
    if job_queue.is_waiting(job_queue.DERIVATIVES):
        workers.wake(workers.MAKE_DERIVATIVES)


def develop(claim: job_queue.Claim, step: Step) -> None:
    image = step.image
    original = storage.original(image.sha256, image.extension)
    try:
        derivatives.make(original, storage.derivatives(image.sha256), storage.SIDES_PX)
    except derivatives.DerivativeError as error:
        logger.warning("No derivatives of picture %s: %s", image.pk, error)
        job_queue.fail(claim, step, str(error))
    except OSError as error:
        if storage.is_at_fault(error):
            raise
        logger.warning("The file of picture %s: %s", image.pk, error)
        job_queue.postpone(claim, step, UNREADABLE)
    except Exception:
        logger.exception("Derivatives of picture %s", image.pk)
        job_queue.fail(claim, step, UNEXPECTED)
    else:
        job_queue.finish(claim, [step])


def repair() -> None:
    """Every picture has its step. Looks at every picture, so it is for every few minutes."""
    job_queue.add_missing(job_queue.DERIVATIVES)


def sweep() -> None:
    """Wake a worker if pictures wait. Cheap: every few seconds."""
    if job_queue.is_waiting(job_queue.DERIVATIVES):
        workers.wake(workers.MAKE_DERIVATIVES)
