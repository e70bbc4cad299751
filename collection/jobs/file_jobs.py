"""Run jobs that read files of pictures, a batch at a time: to make derivatives and tiled copies, or to read colours."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError

from collection import imaging
from collection.files import derivatives, integrity, storage
from collection.jobs import failures, file_checks, job_queue, workers
from collection.models import ArtworkImage, FileState, Job

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FileWork:
    """One kind of files. make: writes those of one picture; raises DerivativeError, imaging.Busy or OSError.

    needs_original: whether `make` reads the original, which is then examined first.
    """

    key: str
    task_name: str
    files: str  # the name in sentences, such as "smaller copies"
    batch: int
    make: Callable[[ArtworkImage], object]
    needs_original: bool = True


def run(work: FileWork) -> None:
    """Make the files of one batch. Then wake a worker for the next, so that several workers share a long queue.

    Raise OSError if the storage fails. The jobs are then back in the queue.
    """
    claim = job_queue.claim([work.key], work.batch)
    try:
        if claim:
            storage.require()
        for job in claim.jobs:
            if job.pk in job_queue.renew(claim):
                make(work, claim, job)
    except OSError:  # the disk is full or missing; the pictures are not damaged
        job_queue.give_back(claim, claim.jobs)
        raise
    if job_queue.is_waiting(work.key):
        workers.wake(work.task_name)


def make(work: FileWork, claim: job_queue.Claim, job: Job) -> None:
    """Make the files of one picture, and finish, fail or postpone its job.

    Raise OSError if the storage fails, and OperationalError or InterfaceError if the database does.
    """
    image = job.image
    try:
        if work.needs_original:
            require_whole(image)
        work.make(image)
    except imaging.Busy:  # other workers are decoding large pictures
        job_queue.give_back(claim, [job])
    except derivatives.DerivativeError as error:
        logger.warning("No %s of picture %s: %s", work.files, image.pk, error)
        job_queue.fail(claim, job, str(error))
        file_checks.check(image, rebuilds=False)
    except OSError as error:
        if storage.is_at_fault(error):
            raise
        logger.warning("The file of picture %s could not be read: %s", image.pk, error)
        job_queue.postpone(claim, job, failures.UNREADABLE)
    except Exception as error:  # noqa: BLE001 - every other error fails the job, with its reason in the log
        fail_unexpectedly(work, claim, job, error)
    else:
        job_queue.finish(claim, [job])
        file_checks.check_again(image)


def fail_unexpectedly(work: FileWork, claim: job_queue.Claim, job: Job, error: Exception) -> None:
    """Fail a job. If the database was away, raise the error: the job is repeated when its lease ends."""
    if isinstance(error, InterfaceError | OperationalError):
        raise error
    logger.error("Unexpected error while making %s of picture %s", work.files, job.image_id, exc_info=error)
    job_queue.fail(claim, job, failures.NOT_MADE % {"files": work.files})


def require_whole(image: ArtworkImage) -> None:
    """Raise DerivativeError if the original is damaged or missing."""
    finding = integrity.examine_original(image)
    if finding.state != FileState.WHOLE:
        raise derivatives.DerivativeError(f"{finding.problem} {failures.SEND_AGAIN}")


def sweep(work: FileWork) -> None:
    """Wake a worker if pictures wait. This is cheap, so it can be called every few seconds."""
    if job_queue.is_waiting(work.key):
        workers.wake(work.task_name)
