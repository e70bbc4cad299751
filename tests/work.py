"""The work of CPU workers, in the process of the test."""

from collection.jobs import derivative_jobs, job_queue
from similarity.duplicates import flagging


def make_derivatives() -> None:
    """Make the derivatives of all pictures that wait."""
    while job_queue.is_waiting(job_queue.DERIVATIVES):
        derivative_jobs.run()


def flag_all() -> None:
    """Make derivatives and flag all pictures that wait, as workers that wake one another do."""
    make_derivatives()
    while flagging.run():
        pass
