"""The work that pictures need, claimed from the database: pending -> claimed (a lease) -> done | failed.

The database is the truth; messages only wake workers. A claim locks its rows with SKIP LOCKED, so workers never wait
for each other. A lease that ran out (its worker died) is claimed again. A worker that lost its lease can no longer
settle the job.
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

from collection.models import ArtworkImage, Job, JobState

UPLOAD_PRIORITY = 0
BACKLOG_PRIORITY = 10
ATTEMPTS_LIMIT = 3
UNFINISHED = (JobState.PENDING, JobState.CLAIMED)
DERIVATIVES = "derivatives"  # the key of making smaller copies
FLAG = "flag"  # the key of looking for duplicates; a picture counts as ready without it
GAVE_UP = f"Given up after {ATTEMPTS_LIMIT} attempts: each time the worker stopped before it was done."


# In the database, since a million of them need not pass through here.
ADD_MISSING = """
    INSERT INTO collection_job (image_id, key, state, priority, attempts, reason, changed_at)
    SELECT image.id, %(key)s, 'pending', %(priority)s, 0, '', now() FROM collection_artworkimage AS image
    WHERE NOT EXISTS (SELECT FROM collection_job AS job WHERE job.image_id = image.id AND job.key = %(key)s)
    {order} LIMIT %(limit)s ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Claim:
    """Jobs held by one worker until the lease ends."""

    token: uuid.UUID
    jobs: Sequence[Job]

    def __bool__(self) -> bool:
        return bool(self.jobs)


def add(images: Iterable[ArtworkImage], key: str, *, priority: int = UPLOAD_PRIORITY) -> None:
    """Notes that these pictures need this work; what is noted already stays as it is."""
    Job.objects.bulk_create([Job(image=image, key=key, priority=priority) for image in images], ignore_conflicts=True)


def add_missing(key: str, *, priority: int = BACKLOG_PRIORITY, limit: int | None = None) -> int:
    """Notes the work for every picture that has no such job yet, or for some all over the collection; how many."""
    order = "" if limit is None else "ORDER BY hashint8(image.id)"  # as good as random, and the same each time
    with connection.cursor() as cursor:
        cursor.execute(ADD_MISSING.format(order=order), {"key": key, "priority": priority, "limit": limit})
        return cursor.rowcount


def note_done(image_ids: Iterable[int], key: str) -> None:
    """Notes work as done that was done without a claim, such as vectors that were made from others."""
    done = [Job(image_id=pk, key=key, state=JobState.DONE) for pk in image_ids]
    Job.objects.bulk_create(done, ignore_conflicts=True)


def claim(keys: Sequence[str], limit: int) -> Claim:
    """Up to `limit` pictures for this worker, uploads first, each with all its free jobs of these keys.

    The key whose first job is due first leads: what the same pictures need besides comes along, so that a picture is
    opened once. A job that was tried before comes alone with its picture: if it is what took a worker down, it takes
    no other picture with it.
    """
    give_up(keys)
    now = timezone.now()
    token = uuid.uuid4()
    with transaction.atomic():
        leading = first_due(keys, now)
        rows = [] if leading is None else lock(free([leading.key], now), limit)
        is_second_try = bool(rows) and rows[0].attempts > 0
        rows = rows[:1] if is_second_try else [job for job in rows if job.attempts == 0]
        beside = free([key for key in keys if leading is None or key != leading.key], now)
        beside = beside.filter(image__in=[job.image_id for job in rows])
        rows += lock(beside if is_second_try else beside.filter(attempts=0))
        pks = [job.pk for job in rows]
        Job.objects.filter(pk__in=pks).update(
            state=JobState.CLAIMED,
            claim=token,
            lease_until=lease_end(),
            attempts=F("attempts") + 1,
            changed_at=now,
        )
    jobs = Job.objects.filter(pk__in=pks).select_related("image__artwork").order_by("priority", "id")
    return Claim(token, list(jobs))


def first_due(keys: Sequence[str], now: dt.datetime) -> Job | None:
    """Asked key by key, as the index is: a million waiting jobs are not sorted."""
    firsts = [job for key in keys if (job := free([key], now).order_by("priority", "id").first())]
    return min(firsts, key=lambda job: (job.priority, job.pk), default=None)


def lock(rows: models.QuerySet[Job], limit: int | None = None) -> list[Job]:
    return list(rows.order_by("priority", "id").select_for_update(skip_locked=True)[:limit])


def lease_end() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=settings.KINDRED_LEASE_S)


def renew(claim: Claim) -> set[int]:
    """Extend the lease of a claim. Return the primary keys of the jobs that this worker still holds.

    Inside a transaction this also locks them, by ascending id, so that nobody else claims or deletes them until its
    end.
    """
    with transaction.atomic():
        ours = Job.objects.filter(claim=claim.token, state=JobState.CLAIMED)
        held = set(ours.order_by("pk").select_for_update().values_list("pk", flat=True))
        ours.filter(pk__in=held).update(lease_until=lease_end())
    return held


def free(keys: Sequence[str], now: dt.datetime) -> models.QuerySet[Job]:
    """Jobs that nobody holds: pending ones, and claimed ones whose lease ran out."""
    lapsed = Q(state=JobState.CLAIMED, lease_until__lt=now)
    return Job.objects.filter(Q(state=JobState.PENDING) | lapsed, key__in=keys, attempts__lt=ATTEMPTS_LIMIT)


def give_up(keys: Sequence[str]) -> None:
    """Fails the jobs that took their worker down with them, time and again."""
    lapsed = Job.objects.filter(
        key__in=keys, state=JobState.CLAIMED, lease_until__lt=timezone.now(), attempts__gte=ATTEMPTS_LIMIT
    )
    lapsed.update(state=JobState.FAILED, reason=GAVE_UP, claim=None, lease_until=None)


def finish(claim: Claim, jobs: Iterable[Job]) -> int:
    """Marks jobs of a claim as done; how many were still ours."""
    return settle(claim, jobs, state=JobState.DONE, reason="")


def fail(claim: Claim, job: Job, reason: str) -> int:
    """Marks one job of a claim as failed, with a reason fit to show."""
    return settle(claim, [job], state=JobState.FAILED, reason=reason)


def give_back(claim: Claim, jobs: Iterable[Job]) -> int:
    """Puts jobs of a claim back in the queue, as when the disk is full: that was no attempt at the picture."""
    return settle(claim, jobs, state=JobState.PENDING, reason="", attempts=F("attempts") - 1)


def postpone(claim: Claim, job: Job, reason: str) -> int:
    """Put one job back as an attempt that failed, such as a file that cannot be read now; the last attempt fails."""
    if job.attempts >= ATTEMPTS_LIMIT:
        return fail(claim, job, reason)
    return settle(claim, [job], state=JobState.PENDING, reason="")


def withdraw(claim: Claim, jobs: Iterable[Job]) -> None:
    """Delete jobs of a claim that cannot be done now. A sweep notes them again once they can."""
    Job.objects.filter(pk__in=[s.pk for s in jobs], claim=claim.token, state=JobState.CLAIMED).delete()


def settle(claim: Claim, jobs: Iterable[Job], **changes: Any) -> int:
    ours = Job.objects.filter(pk__in=[s.pk for s in jobs], claim=claim.token, state=JobState.CLAIMED)
    return ours.update(claim=None, lease_until=None, changed_at=timezone.now(), **changes)


def retry_failed(images: Iterable[ArtworkImage]) -> int:
    """Give the failed jobs of these pictures another round of attempts, as a curator asked. Return their number."""
    return retry(Job.objects.filter(image__in=list(images)))


def retry(jobs: models.QuerySet[Job]) -> int:
    """Give those of these jobs that failed another round of attempts. Return their number."""
    failed = Job.objects.filter(pk__in=jobs.values("pk"), state=JobState.FAILED)
    return failed.update(state=JobState.PENDING, attempts=0, reason="", changed_at=timezone.now())


def repeat(key: str) -> int:
    """Put every done or failed job of this kind back in the queue, behind uploads. Return how many there were."""
    settled = Job.objects.filter(key=key).exclude(state__in=UNFINISHED)
    return settled.update(
        state=JobState.PENDING, attempts=0, reason="", priority=BACKLOG_PRIORITY, changed_at=timezone.now()
    )


def forget_unfinished(key: str) -> None:
    """Removes the jobs that nobody will do any more, such as those of a retired space."""
    Job.objects.filter(key=key).exclude(state=JobState.DONE).delete()


def forget(key: str, limit: int | None = None) -> int:
    """Delete all jobs of a kind, done ones too, or at most `limit` of them. Return how many."""
    some = Job.objects.filter(key=key).values("pk")[:limit]
    return Job.objects.filter(pk__in=some).delete()[0]


def noted(key: str, *, up_to: int) -> int:
    """How many pictures have this job, in whatever state; counted up to a limit."""
    return Job.objects.filter(key=key)[:up_to].count()


def is_waiting(*keys: str) -> bool:
    """True where a worker would find something to do."""
    return free(keys, timezone.now()).exists()


def left(key: str, *, up_to: int | None = None) -> int:
    """Pictures whose job is neither done nor failed; counted up to a limit, where one is given."""
    return Job.objects.filter(key=key, state__in=UNFINISHED)[:up_to].count()


def count(keys: Iterable[str], states: Iterable[JobState]) -> Counter[str]:
    """Pictures with a job in one of these states, by key; one query for all keys."""
    some = Job.objects.filter(key__in=list(keys), state__in=list(states))
    return Counter(dict(some.values_list("key").annotate(rows=models.Count("*"))))
