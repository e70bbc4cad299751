"""The queue of jobs in the database. A job is pending, then claimed with a lease, then done or failed.

The database holds the state of all jobs; messages only wake workers. A claim locks its rows with SKIP LOCKED, so
workers never wait for each other. If a worker dies, its lease expires and another worker claims the job. A worker whose
lease was taken over can no longer change the state of the job. Leases are measured by the clock of the database alone.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from collection.jobs import failures
from collection.models import ArtworkImage, Job, JobState

UPLOAD_PRIORITY = 0
BACKLOG_PRIORITY = 10
ATTEMPTS_LIMIT = 3
UNFINISHED = (JobState.PENDING, JobState.CLAIMED)
DERIVATIVES = "derivatives"  # the key of jobs that make smaller copies
PYRAMID = "pyramid"  # the key of jobs that make the tiled copies by which pictures are enlarged
PALETTE = "palette"  # the key of jobs that read the colours of pictures prepared by a release without them
AVIF = "avif"  # the key of jobs that make AVIF files
FLAG = "flag"  # the key of jobs that look for duplicates
TWIN = "twin"  # the key of jobs that compute twin values of pictures described by a release without them
NOT_AWAITED = (FLAG, TWIN, PYRAMID, PALETTE, AVIF)  # a picture is ready without them
AFTER_DERIVATIVES = (FLAG, AVIF)  # they wait until the derivatives are made or have failed
GAVE_UP = failures.GAVE_UP % {"limit": ATTEMPTS_LIMIT}

# One statement in the database, so that a million rows need not be sent through Python.
ADD_MISSING = """
    INSERT INTO collection_job (image_id, key, state, priority, attempts, reason, changed_at)
    SELECT image.id, %(key)s, 'pending', %(priority)s, 0, '', now() FROM collection_artworkimage AS image
    WHERE NOT EXISTS (SELECT FROM collection_job AS job WHERE job.image_id = image.id AND job.key = %(key)s)
    {order} LIMIT %(limit)s ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Claim:
    """Jobs that one worker holds until its lease expires. Renewing the claim extends the lease."""

    token: uuid.UUID
    jobs: Sequence[Job]

    def __bool__(self) -> bool:
        return bool(self.jobs)


def add(images: Iterable[ArtworkImage], key: str, *, priority: int = UPLOAD_PRIORITY) -> None:
    """Add a job of this key for each of these pictures. A job that exists stays as it is."""
    Job.objects.bulk_create([Job(image=image, key=key, priority=priority) for image in images], ignore_conflicts=True)


def add_missing(key: str, *, priority: int = BACKLOG_PRIORITY, limit: int | None = None) -> int:
    """Add a job of this key for every picture that has none. Return how many were added.

    With a limit, add at most so many, for pictures spread over the collection.
    """
    order = "" if limit is None else "ORDER BY hashint8(image.id)"  # a pseudo-random order that is the same each time
    with connection.cursor() as cursor:
        cursor.execute(ADD_MISSING.format(order=order), {"key": key, "priority": priority, "limit": limit})
        return cursor.rowcount


def note_done(image_ids: Iterable[int], key: str) -> None:
    """Add jobs as done whose work was done without a claim, such as vectors that were computed from others."""
    done = [Job(image_id=pk, key=key, state=JobState.DONE) for pk in image_ids]
    Job.objects.bulk_create(done, ignore_conflicts=True)


def claim(keys: Sequence[str], limit: int) -> Claim:
    """Claim the free jobs of up to `limit` pictures, uploads first.

    The first free job decides the key by which pictures are chosen. Free jobs of the other keys for these pictures are
    claimed too, so that a picture is opened only once. A picture whose job was tried before is claimed alone, because
    it may have made its worker crash.
    """
    give_up(keys)
    token = uuid.uuid4()
    with transaction.atomic():
        leading = first_due(keys)
        rows = [] if leading is None else lock(free([leading.key]), limit)
        is_second_try = bool(rows) and rows[0].attempts > 0
        rows = rows[:1] if is_second_try else [job for job in rows if job.attempts == 0]
        beside = free([key for key in keys if leading is None or key != leading.key])
        beside = beside.filter(image__in=[job.image_id for job in rows])
        rows += lock(beside if is_second_try else beside.filter(attempts=0))
        pks = [job.pk for job in rows]
        Job.objects.filter(pk__in=pks).update(
            state=JobState.CLAIMED,
            claim=token,
            lease_until=lease_end(),
            attempts=F("attempts") + 1,
            changed_at=Now(),
        )
    jobs = Job.objects.filter(pk__in=pks).select_related("image__artwork").order_by("priority", "id")
    return Claim(token, list(jobs))


def first_due(keys: Sequence[str]) -> Job | None:
    """Return the free job that is due first. Query each key alone, so that the index gives the order without a sort."""
    firsts = [job for key in keys if (job := free([key]).order_by("priority", "id").first())]
    return min(firsts, key=lambda job: (job.priority, job.pk), default=None)


def lock(rows: models.QuerySet[Job], limit: int | None = None) -> list[Job]:
    """Lock and return at most `limit` of these jobs, by priority and age. Skip jobs that another worker has locked."""
    return list(rows.order_by("priority", "id").select_for_update(skip_locked=True)[:limit])


def lease_end() -> Combinable:
    """Return when a lease that starts now expires, by the clock of the database."""
    return Now() + dt.timedelta(seconds=settings.KINDRED_LEASE_S)


def renew(claim: Claim) -> set[int]:
    """Extend the lease of a claim. Return the primary keys of the jobs that this worker still holds.

    Inside a transaction this also locks them, picture by picture as `deletion_locks` does, so that no other process
    claims or deletes them before its end.
    """
    with transaction.atomic():
        ours = Job.objects.filter(claim=claim.token, state=JobState.CLAIMED)
        held = set(ours.order_by("image_id", "pk").select_for_update().values_list("pk", flat=True))
        ours.filter(pk__in=held).update(lease_until=lease_end())
    return held


def free(keys: Sequence[str]) -> models.QuerySet[Job]:
    """Return the jobs that can be claimed: pending ones, and claimed ones whose lease has expired.

    Duplicates of a picture are looked for by its derivatives, and AVIF copies are compared with them, so such jobs wait
    until the derivatives are made or have failed.
    """
    expired = Q(state=JobState.CLAIMED, lease_until__lt=Now())
    rows = Job.objects.filter(Q(state=JobState.PENDING) | expired, key__in=keys, attempts__lt=ATTEMPTS_LIMIT)
    if not set(AFTER_DERIVATIVES) & set(keys):
        return rows
    unmade = Job.objects.filter(image=OuterRef("image"), key=DERIVATIVES, state__in=UNFINISHED)
    return rows.exclude(Q(key__in=AFTER_DERIVATIVES) & Exists(unmade))


def give_up(keys: Sequence[str]) -> None:
    """Fail the jobs whose worker died at the last attempt."""
    expired = Job.objects.filter(
        key__in=keys, state=JobState.CLAIMED, lease_until__lt=Now(), attempts__gte=ATTEMPTS_LIMIT
    )
    expired.update(state=JobState.FAILED, reason=GAVE_UP, claim=None, lease_until=None)


def finish(claim: Claim, jobs: Iterable[Job]) -> int:
    """Mark jobs of a claim as done. Return how many this claim still held."""
    return settle(claim, jobs, state=JobState.DONE, reason="")


def fail(claim: Claim, job: Job, reason: str) -> int:
    """Mark one job of a claim as failed, with a reason to show. Return 1 if this claim still held it, else 0."""
    return settle(claim, [job], state=JobState.FAILED, reason=reason)


def give_back(claim: Claim, jobs: Iterable[Job]) -> int:
    """Put jobs of a claim back in the queue without counting an attempt, for example if the disk is full.

    Return how many this claim still held.
    """
    return settle(claim, jobs, state=JobState.PENDING, reason="", attempts=F("attempts") - 1)


def postpone(claim: Claim, job: Job, reason: str) -> int:
    """Put one job back in the queue and count the attempt, for example if its file cannot be read now.

    After the last attempt, mark it as failed. Return 1 if this claim still held it, else 0.
    """
    if job.attempts >= ATTEMPTS_LIMIT:
        return fail(claim, job, reason)
    return settle(claim, [job], state=JobState.PENDING, reason="")


def withdraw(claim: Claim, jobs: Iterable[Job]) -> None:
    """Delete jobs of a claim that cannot be done now. A sweep adds them again once they can."""
    Job.objects.filter(pk__in=[job.pk for job in jobs], claim=claim.token, state=JobState.CLAIMED).delete()


def settle(claim: Claim, jobs: Iterable[Job], **changes: Any) -> int:
    """End the lease of those of these jobs that the claim still holds, and change them. Return how many."""
    ours = Job.objects.filter(pk__in=[job.pk for job in jobs], claim=claim.token, state=JobState.CLAIMED)
    return ours.update(claim=None, lease_until=None, changed_at=Now(), **changes)


def retry_failed(images: Iterable[ArtworkImage]) -> int:
    """Put the failed jobs of these pictures back in the queue with no attempts counted. Return how many."""
    return retry(Job.objects.filter(image__in=list(images)))


def retry(jobs: models.QuerySet[Job]) -> int:
    """Put those of these jobs that failed back in the queue with no attempts counted. Return how many."""
    failed = Job.objects.filter(pk__in=jobs.values("pk"), state=JobState.FAILED)
    return failed.update(state=JobState.PENDING, attempts=0, reason="", changed_at=Now())


def repeat(key: str, images: Iterable[ArtworkImage] | None = None) -> int:
    """Put the done or failed jobs of this key, or those of these pictures, back in the queue. Return how many."""
    ended = Job.objects.filter(key=key).exclude(state__in=UNFINISHED)
    return put_back(ended if images is None else ended.filter(image__in=list(images)))


def put_back(jobs: models.QuerySet[Job]) -> int:
    """Put these jobs in the queue, behind uploads, with no attempts counted. Return how many."""
    return jobs.update(state=JobState.PENDING, attempts=0, reason="", priority=BACKLOG_PRIORITY, changed_at=Now())


def forget_unfinished(key: str) -> None:
    """Delete the jobs of this key that are not done, for example those of a retired space."""
    Job.objects.filter(key=key).exclude(state=JobState.DONE).delete()


def forget(key: str, limit: int | None = None) -> int:
    """Delete all jobs of this key, done ones too, or at most `limit` of them. Return how many."""
    some = Job.objects.filter(key=key).values("pk")[:limit]
    return Job.objects.filter(pk__in=some).delete()[0]


def noted(key: str, *, up_to: int) -> int:
    """Count the pictures with a job of this key in any state. Stop at `up_to`."""
    return Job.objects.filter(key=key)[:up_to].count()


def is_waiting(*keys: str) -> bool:
    """Return True if a worker could claim a job of these keys."""
    return free(keys).exists()


def left(key: str, *, up_to: int | None = None) -> int:
    """Count the pictures whose job of this key is neither done nor failed. Stop at `up_to` if given."""
    return Job.objects.filter(key=key, state__in=UNFINISHED)[:up_to].count()


def count(keys: Iterable[str], states: Iterable[JobState]) -> Counter[str]:
    """Count the pictures with a job in one of these states, by key, in one query."""
    some = Job.objects.filter(key__in=list(keys), state__in=list(states))
    return Counter(dict(some.values_list("key").annotate(rows=models.Count("*"))))
