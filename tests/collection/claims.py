"""Jobs to be claimed, and what becomes of them."""

import datetime as dt

from django.utils import timezone

from collection.jobs import job_queue
from collection.models import Job
from tests.factories import an_image

KEY = "test"


def some_jobs(count: int, **fields) -> list[Job]:
    return [Job.objects.create(image=an_image(), key=KEY, **fields) for _ in range(count)]


def let_lapse(claim: job_queue.Claim) -> None:
    """As if its worker had died a while ago."""
    past = timezone.now() - dt.timedelta(seconds=1)
    Job.objects.filter(claim=claim.token).update(lease_until=past)


def state_of(job: Job) -> tuple[str, int]:
    job.refresh_from_db()
    return job.state, job.attempts
