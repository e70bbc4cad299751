"""Create jobs for tests, and read their state."""

import datetime as dt

from django.utils import timezone

from collection.jobs import job_queue
from collection.models import Job
from tests.factories import an_image

KEY = "test"


def some_jobs(count: int, **fields) -> list[Job]:
    """Create jobs, each for a picture of its own."""
    return [Job.objects.create(image=an_image(), key=KEY, **fields) for _ in range(count)]


def expire_lease(claim: job_queue.Claim) -> None:
    """Let the lease of a claim expire, as if its worker had died."""
    past = timezone.now() - dt.timedelta(seconds=1)
    Job.objects.filter(claim=claim.token).update(lease_until=past)


def state_of(job: Job) -> tuple[str, int]:
    """Return the state of a job in the database, and its number of attempts."""
    job.refresh_from_db()
    return job.state, job.attempts
