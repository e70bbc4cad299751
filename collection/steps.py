"""The work that pictures need, claimed from the database: pending -> claimed (a lease) -> done | failed.

The database is the truth; messages are doorbells. A claim locks its rows with SKIP LOCKED, so workers never wait for
each other; a lease that ran out (its worker died) is claimed again. Whoever lost a lease can no longer settle the step.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from collection.models import ArtworkImage, Step, StepState

UPLOAD_PRIORITY = 0
BACKLOG_PRIORITY = 10
ATTEMPTS_LIMIT = 3
GAVE_UP = f"Given up after {ATTEMPTS_LIMIT} attempts: each time the worker stopped before it was done."


@dataclass(frozen=True)
class Claim:
    """Steps held by one worker until the lease ends."""

    token: uuid.UUID
    steps: Sequence[Step]

    def __bool__(self) -> bool:
        return bool(self.steps)


def add(images: Iterable[ArtworkImage], key: str, *, priority: int = UPLOAD_PRIORITY) -> None:
    """Notes that these pictures need this work; what is noted already stays as it is."""
    Step.objects.bulk_create([Step(image=image, key=key, priority=priority) for image in images], ignore_conflicts=True)


def add_missing(key: str, *, priority: int = BACKLOG_PRIORITY) -> int:
    """Notes the work for every picture that has no such step yet; how many there were."""
    missing = ArtworkImage.objects.exclude(steps__key=key)
    rows = [Step(image_id=pk, key=key, priority=priority) for pk in missing.values_list("pk", flat=True)]
    return len(Step.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5_000))


def claim(key: str, limit: int) -> Claim:
    """Up to `limit` steps for this worker, uploads first, each with its image and the image's work."""
    give_up(key)
    now = timezone.now()
    token = uuid.uuid4()
    with transaction.atomic():
        rows = free(key, now).order_by("priority", "id").select_for_update(skip_locked=True)[:limit]
        pks = [step.pk for step in rows]
        Step.objects.filter(pk__in=pks).update(
            state=StepState.CLAIMED,
            claim=token,
            lease_until=now + dt.timedelta(seconds=settings.KINDRED_LEASE_S),
            attempts=F("attempts") + 1,
            changed_at=now,
        )
    steps = Step.objects.filter(pk__in=pks).select_related("image__artwork").order_by("priority", "id")
    return Claim(token, list(steps))


def free(key: str, now: dt.datetime) -> models.QuerySet[Step]:
    """Steps that nobody holds: pending ones, and claimed ones whose lease ran out."""
    lapsed = Q(state=StepState.CLAIMED, lease_until__lt=now)
    return Step.objects.filter(Q(state=StepState.PENDING) | lapsed, key=key, attempts__lt=ATTEMPTS_LIMIT)


def give_up(key: str) -> None:
    """Fails the steps that took their worker down with them, time and again."""
    lapsed = Step.objects.filter(
        key=key, state=StepState.CLAIMED, lease_until__lt=timezone.now(), attempts__gte=ATTEMPTS_LIMIT
    )
    lapsed.update(state=StepState.FAILED, reason=GAVE_UP, claim=None, lease_until=None)


def finish(claim: Claim, steps: Iterable[Step]) -> int:
    """Marks steps of a claim as done; how many were still ours."""
    return settle(claim, steps, state=StepState.DONE, reason="")


def fail(claim: Claim, step: Step, reason: str) -> int:
    """Marks one step of a claim as failed, with a reason fit to show."""
    return settle(claim, [step], state=StepState.FAILED, reason=reason)


def give_back(claim: Claim, steps: Iterable[Step]) -> int:
    """Puts steps of a claim back in the queue, such as when a worker is told to stop; it was no attempt."""
    return settle(claim, steps, state=StepState.PENDING, reason="", attempts=F("attempts") - 1)


def settle(claim: Claim, steps: Iterable[Step], **changes: Any) -> int:
    ours = Step.objects.filter(pk__in=[s.pk for s in steps], claim=claim.token, state=StepState.CLAIMED)
    return ours.update(claim=None, lease_until=None, changed_at=timezone.now(), **changes)


def retry_failed(images: Iterable[ArtworkImage]) -> int:
    """Gives failed steps another round of attempts, as a curator asked."""
    failed = Step.objects.filter(image__in=list(images), state=StepState.FAILED)
    return failed.update(state=StepState.PENDING, attempts=0, reason="", changed_at=timezone.now())


def is_waiting(key: str) -> bool:
    """True where a worker would find something to do."""
    return free(key, timezone.now()).exists()
