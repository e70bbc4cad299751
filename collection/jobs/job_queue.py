"""The work that pictures need, claimed from the database: pending -> claimed (a lease) -> done | failed.

The database is the truth; messages only wake workers. A claim locks its rows with SKIP LOCKED, so workers never wait
for each other. A lease that ran out (its worker died) is claimed again. A worker that lost its lease can no longer
settle the step.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from collection.models import ArtworkImage, Step, StepState

UPLOAD_PRIORITY = 0
BACKLOG_PRIORITY = 10
ATTEMPTS_LIMIT = 3
UNFINISHED = (StepState.PENDING, StepState.CLAIMED)
DERIVATIVES = "derivatives"  # the key of making smaller copies
FLAG = "flag"  # the key of looking for duplicates; a picture counts as ready without it
GAVE_UP = f"Given up after {ATTEMPTS_LIMIT} attempts: each time the worker stopped before it was done."


# In the database, since a million of them need not pass through here.
ADD_MISSING = """
    INSERT INTO collection_step (image_id, key, state, priority, attempts, reason, changed_at)
    SELECT image.id, %(key)s, 'pending', %(priority)s, 0, '', now() FROM collection_artworkimage AS image
    WHERE NOT EXISTS (SELECT FROM collection_step AS step WHERE step.image_id = image.id AND step.key = %(key)s)
    {order} LIMIT %(limit)s ON CONFLICT DO NOTHING
"""


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


def add_missing(key: str, *, priority: int = BACKLOG_PRIORITY, limit: int | None = None) -> int:
    """Notes the work for every picture that has no such step yet, or for some all over the collection; how many."""
    order = "" if limit is None else "ORDER BY hashint8(image.id)"  # as good as random, and the same each time
    with connection.cursor() as cursor:
        cursor.execute(ADD_MISSING.format(order=order), {"key": key, "priority": priority, "limit": limit})
        return cursor.rowcount


def note_done(image_ids: Iterable[int], key: str) -> None:
    """Notes work as done that was done without a claim, such as vectors that were made from others."""
    done = [Step(image_id=pk, key=key, state=StepState.DONE) for pk in image_ids]
    Step.objects.bulk_create(done, ignore_conflicts=True)


def claim(keys: Sequence[str], limit: int) -> Claim:
    """Up to `limit` pictures for this worker, uploads first, each with all its free steps of these keys.

    The key whose first step is due first leads: what the same pictures need besides comes along, so that a picture is
    opened once. A step that was tried before comes alone with its picture: if it is what took a worker down, it takes
    no other picture with it.
    """
    give_up(keys)
    now = timezone.now()
    token = uuid.uuid4()
    with transaction.atomic():
        leading = first_due(keys, now)
        rows = [] if leading is None else lock(free([leading.key], now), limit)
        is_second_try = bool(rows) and rows[0].attempts > 0
        rows = rows[:1] if is_second_try else [step for step in rows if step.attempts == 0]
        beside = free([key for key in keys if leading is None or key != leading.key], now)
        beside = beside.filter(image__in=[step.image_id for step in rows])
        rows += lock(beside if is_second_try else beside.filter(attempts=0))
        pks = [step.pk for step in rows]
        Step.objects.filter(pk__in=pks).update(
            state=StepState.CLAIMED,
            claim=token,
            lease_until=lease_end(),
            attempts=F("attempts") + 1,
            changed_at=now,
        )
    steps = Step.objects.filter(pk__in=pks).select_related("image__artwork").order_by("priority", "id")
    return Claim(token, list(steps))


def first_due(keys: Sequence[str], now: dt.datetime) -> Step | None:
    """Asked key by key, as the index is: a million waiting steps are not sorted."""
    firsts = [step for key in keys if (step := free([key], now).order_by("priority", "id").first())]
    return min(firsts, key=lambda step: (step.priority, step.pk), default=None)


def lock(rows: models.QuerySet[Step], limit: int | None = None) -> list[Step]:
    return list(rows.order_by("priority", "id").select_for_update(skip_locked=True)[:limit])


def lease_end() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=settings.KINDRED_LEASE_S)


def renew(claim: Claim) -> set[int]:
    """Extend the lease of a claim. Return the primary keys of the jobs that this worker still holds.

    Inside a transaction this also locks them, by ascending id, so that nobody else claims or deletes them until its
    end.
    """
    with transaction.atomic():
        ours = Step.objects.filter(claim=claim.token, state=StepState.CLAIMED)
        held = set(ours.order_by("pk").select_for_update().values_list("pk", flat=True))
        ours.filter(pk__in=held).update(lease_until=lease_end())
    return held


def free(keys: Sequence[str], now: dt.datetime) -> models.QuerySet[Step]:
    """Steps that nobody holds: pending ones, and claimed ones whose lease ran out."""
    lapsed = Q(state=StepState.CLAIMED, lease_until__lt=now)
    return Step.objects.filter(Q(state=StepState.PENDING) | lapsed, key__in=keys, attempts__lt=ATTEMPTS_LIMIT)


def give_up(keys: Sequence[str]) -> None:
    """Fails the steps that took their worker down with them, time and again."""
    lapsed = Step.objects.filter(
        key__in=keys, state=StepState.CLAIMED, lease_until__lt=timezone.now(), attempts__gte=ATTEMPTS_LIMIT
    )
    lapsed.update(state=StepState.FAILED, reason=GAVE_UP, claim=None, lease_until=None)


def finish(claim: Claim, steps: Iterable[Step]) -> int:
    """Marks steps of a claim as done; how many were still ours."""
    return settle(claim, steps, state=StepState.DONE, reason="")


def fail(claim: Claim, step: Step, reason: str) -> int:
    """Marks one step of a claim as failed, with a reason fit to show."""
    return settle(claim, [step], state=StepState.FAILED, reason=reason)


def give_back(claim: Claim, steps: Iterable[Step]) -> int:
    """Puts steps of a claim back in the queue, as when the disk is full: that was no attempt at the picture."""
    return settle(claim, steps, state=StepState.PENDING, reason="", attempts=F("attempts") - 1)


def postpone(claim: Claim, step: Step, reason: str) -> int:
    """Put one step back as an attempt that failed, such as a file that cannot be read now; the last attempt fails."""
    if step.attempts >= ATTEMPTS_LIMIT:
        return fail(claim, step, reason)
    return settle(claim, [step], state=StepState.PENDING, reason="")


def withdraw(claim: Claim, steps: Iterable[Step]) -> None:
    """Delete steps of a claim that cannot be done now. A sweep notes them again once they can."""
    Step.objects.filter(pk__in=[s.pk for s in steps], claim=claim.token, state=StepState.CLAIMED).delete()


def settle(claim: Claim, steps: Iterable[Step], **changes: Any) -> int:
    ours = Step.objects.filter(pk__in=[s.pk for s in steps], claim=claim.token, state=StepState.CLAIMED)
    return ours.update(claim=None, lease_until=None, changed_at=timezone.now(), **changes)


def retry_failed(images: Iterable[ArtworkImage]) -> int:
    """Give the failed steps of these pictures another round of attempts, as a curator asked. Return their number."""
    return retry(Step.objects.filter(image__in=list(images)))


def retry(steps: models.QuerySet[Step]) -> int:
    """Give those of these steps that failed another round of attempts. Return their number."""
    failed = Step.objects.filter(pk__in=steps.values("pk"), state=StepState.FAILED)
    return failed.update(state=StepState.PENDING, attempts=0, reason="", changed_at=timezone.now())


def repeat(key: str) -> int:
    """Put every done or failed step of this kind back in the queue, behind uploads. Return how many there were."""
    settled = Step.objects.filter(key=key).exclude(state__in=UNFINISHED)
    return settled.update(
        state=StepState.PENDING, attempts=0, reason="", priority=BACKLOG_PRIORITY, changed_at=timezone.now()
    )


def forget_unfinished(key: str) -> None:
    """Removes the steps that nobody will do any more, such as those of a retired space."""
    Step.objects.filter(key=key).exclude(state=StepState.DONE).delete()


def forget(key: str, limit: int | None = None) -> int:
    """Delete all steps of a kind, done ones too, or at most `limit` of them. Return how many."""
    some = Step.objects.filter(key=key).values("pk")[:limit]
    return Step.objects.filter(pk__in=some).delete()[0]


def noted(key: str, *, up_to: int) -> int:
    """How many pictures have this step, in whatever state; counted up to a limit."""
    return Step.objects.filter(key=key)[:up_to].count()


def is_waiting(*keys: str) -> bool:
    """True where a worker would find something to do."""
    return free(keys, timezone.now()).exists()


def left(key: str, *, up_to: int | None = None) -> int:
    """Pictures whose step is neither done nor failed; counted up to a limit, where one is given."""
    return Step.objects.filter(key=key, state__in=UNFINISHED)[:up_to].count()


def count(keys: Iterable[str], states: Iterable[StepState]) -> Counter[str]:
    """Pictures with a step in one of these states, by key; one query for all keys."""
    some = Step.objects.filter(key__in=list(keys), state__in=list(states))
    return Counter(dict(some.values_list("key").annotate(rows=models.Count("*"))))
