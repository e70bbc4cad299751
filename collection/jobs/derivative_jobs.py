"""Jobs that make derivatives of originals, a batch at a time."""

import logging

from collection import imaging
from collection.files import derivatives, integrity, storage
from collection.jobs import file_checks, job_queue, leases, workers
from collection.models import FileState, Job

logger = logging.getLogger(__name__)

BATCH = 8
NOT_WHOLE = "{problem} Upload the same file again, or restore it from a backup."
UNREADABLE = "The file of this picture could not be read. The reason is in the log of the worker."
UNEXPECTED = "The smaller copies of this picture could not be made. The reason is in the log of the worker."


def run() -> None:
    """Make the derivatives of one batch. Then wake a worker for the next, so that several workers share a long queue.

    Raise OSError if the storage fails. The jobs are then back in the queue.
    """
    claim = job_queue.claim([job_queue.DERIVATIVES], BATCH)
    try:
        if claim:
            storage.require()
        for job in claim.jobs:
            if job.pk in job_queue.renew(claim):
                make(claim, job)
    except OSError:  # the disk is full or missing, which is no fault of these pictures
        job_queue.give_back(claim, claim.jobs)
        raise
    if job_queue.is_waiting(job_queue.DERIVATIVES):
        workers.wake(workers.MAKE_DERIVATIVES)


def make(claim: job_queue.Claim, job: Job) -> None:
    """Make the derivatives of one picture, and finish, fail or postpone its job. Raise OSError if the storage fails."""
    image = job.image
    original = storage.original(image.sha256, image.extension)
    try:
        finding = integrity.examine_original(image)
        if finding.state != FileState.WHOLE:
            raise derivatives.DerivativeError(NOT_WHOLE.format(problem=finding.problem))
        derivatives.make(original, storage.derivatives(image.sha256), storage.SIDES_PX)
    except imaging.Busy:  # other workers decode large pictures
        job_queue.give_back(claim, [job])
    except derivatives.DerivativeError as error:
        logger.warning("No derivatives of picture %s: %s", image.pk, error)
        job_queue.fail(claim, job, str(error))
        file_checks.check(image, rebuilds=False)
    except OSError as error:
        if storage.is_at_fault(error):
            raise
        logger.warning("The file of picture %s could not be read: %s", image.pk, error)
        job_queue.postpone(claim, job, UNREADABLE)
    except Exception:
        logger.exception("Unexpected error while making derivatives of picture %s", image.pk)
        job_queue.fail(claim, job, UNEXPECTED)
    else:
        job_queue.finish(claim, [job])
        file_checks.check_again(image)


def repair() -> None:
    """Add a job for every picture that has none. This scans all pictures, so call it every few minutes only."""
    job_queue.add_missing(job_queue.DERIVATIVES)


def sweep() -> None:
    """Wake a worker if pictures wait. This is cheap, so it can be called every few seconds."""
    leases.mend([job_queue.DERIVATIVES, job_queue.FLAG])
    job_queue.give_up([job_queue.DERIVATIVES, job_queue.FLAG])  # no worker claims these, if no other job waits
    if job_queue.is_waiting(job_queue.DERIVATIVES):
        workers.wake(workers.MAKE_DERIVATIVES)
