"""Steps to be claimed, and what becomes of them."""

import datetime as dt

from django.utils import timezone

from collection.jobs import job_queue
from collection.models import Step
from tests.factories import an_image

KEY = "test"


def some_steps(count: int, **fields) -> list[Step]:
    return [Step.objects.create(image=an_image(), key=KEY, **fields) for _ in range(count)]


def let_lapse(claim: job_queue.Claim) -> None:
    """As if its worker had died a while ago."""
    past = timezone.now() - dt.timedelta(seconds=1)
    Step.objects.filter(claim=claim.token).update(lease_until=past)


def state_of(step: Step) -> tuple[str, int]:
    step.refresh_from_db()
    return step.state, step.attempts
