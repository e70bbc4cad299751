"""Run the evaluation jobs, a few seconds at a time. All other work that needs the network goes first.

The result of each step is stored in one transaction. A worker that is killed therefore loses at most one step, and the
next worker does not repeat the others.
"""

import logging
import time
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from redis.exceptions import RedisError

from collection import imaging
from collection.jobs import job_queue
from similarity.evaluation.jobs import candidates, copies_job, job_kind, likeness_job, speed_job
from similarity.evaluation.jobs.candidates import EmbedderOf, Group
from similarity.evaluation.jobs.job_kind import Arrays, CannotMeasureError, JobKind, Plan, Step, StepResult
from similarity.index import advisory_locks
from similarity.models import Evaluation, EvaluationJob, EvaluationPart, EvaluationState
from similarity.spaces import fitting, lifecycle, space_requests
from similarity.workers import fair_queue

logger = logging.getLogger(__name__)

LOCK = 0x4EA51E  # advisory lock of the worker that measures
ATTEMPTS_LIMIT = 3
GAVE_UP = f"{ATTEMPTS_LIMIT} workers stopped during this measurement. It may need more memory than the machine has."
UNEXPECTED = "This could not be measured. The reason is in the log of the worker."
JOB_KINDS: Mapping[str, JobKind] = {
    Evaluation.Kind.LIKENESS: likeness_job,
    Evaluation.Kind.SPEED: speed_job,
    Evaluation.Kind.COPIES: copies_job,
}


def run(embedder_of: EmbedderOf, *, budget_s: float) -> bool:
    """Measure at least one step, and further steps for `budget_s`. Return whether to call this again at once."""
    ends_at = time.monotonic() + budget_s
    with advisory_locks.try_lock(LOCK) as is_alone:
        if not is_alone or is_network_needed():
            return False
        job = EvaluationJob.objects.filter(state=EvaluationState.WAITING).first()
        return job is not None and run_job(job, embedder_of, ends_at)


def is_network_needed() -> bool:
    """Return whether a new picture, a request for spaces, a fit or a visitor's search waits for the network."""
    served = [space for space in lifecycle.open_spaces() if not space.problem]
    if job_queue.is_waiting(*(space.job_key for space in served)):
        return True
    if space_requests.is_waiting(space_requests.NETWORKS):
        return True
    return any(fitting.is_due(space) for space in served) or is_search_waiting()


def is_search_waiting() -> bool:
    """Return whether a search waits. If Redis cannot be reached, return True, to be safe."""
    try:
        return fair_queue.waiting() > 0
    except RedisError:
        return True


def run_job(job: EvaluationJob, embedder_of: EmbedderOf, ends_at: float) -> bool:
    """Measure steps of a job until the time is up or other work needs the network. Return whether to go on at once."""
    if job.attempts >= ATTEMPTS_LIMIT:
        fail(job, GAVE_UP)
        return True
    # The attempt is counted first, so that a job that kills workers fails after ATTEMPTS_LIMIT of them.
    EvaluationJob.objects.filter(pk=job.pk).update(attempts=F("attempts") + 1, moved_at=timezone.now())
    try:
        is_complete = measure_steps(job, candidates.find(embedder_of), ends_at)
    except CannotMeasureError as refusal:
        fail(job, str(refusal))
        return True
    except imaging.Busy:  # other workers decode large pictures
        EvaluationJob.objects.filter(pk=job.pk, attempts__gt=0).update(attempts=F("attempts") - 1)
        return False  # the sweep wakes a worker again after a pause
    except Exception:
        logger.exception("Not measured: %s", job)
        if job.attempts + 1 >= ATTEMPTS_LIMIT:
            fail(job, UNEXPECTED)
        return False  # the sweep wakes a worker again after a pause
    if is_complete:
        finish(job)
    return True


def measure_steps(job: EvaluationJob, groups: Sequence[Group], ends_at: float) -> bool:
    """Measure remaining steps. Return whether all are done. Raise CannotMeasureError and any error of a step."""
    kind = JOB_KINDS[job.kind]
    plan = prepare_plan(job, kind, groups)
    remaining = remaining_steps(job, kind.steps(plan, groups))
    for number, step in enumerate(remaining, 1):
        if not store_result(job, step, kind.measure_step(step, plan, groups, StoredParts(job))):
            return False
        if time.monotonic() >= ends_at or is_network_needed():
            return number == len(remaining)
    return True


def prepare_plan(job: EvaluationJob, kind: JobKind, groups: Sequence[Group]) -> Plan:
    """Return the job's plan. Make a new one if there is none, or if its networks or lenses are not the live ones."""
    keys = sorted(candidates.by_key(groups))
    if not keys:
        raise CannotMeasureError("No picture has been processed yet.")
    stored: Plan | None = job.plan
    if stored is not None and stored["candidates"] == keys:
        return stored
    plan = kind.sample(groups) | {"candidates": keys}
    total = sum(step.pictures for step in kind.steps(plan, groups))
    with transaction.atomic():
        job.parts.all().delete()
        EvaluationJob.objects.filter(pk=job.pk).update(plan=plan, pictures_done=0, pictures_total=total)
    return plan


def remaining_steps(job: EvaluationJob, steps: Sequence[Step]) -> list[Step]:
    done = set(job.parts.values_list("name", flat=True))
    return [step for step in steps if step.name not in done]


@transaction.atomic
def store_result(job: EvaluationJob, step: Step, result: StepResult) -> bool:
    """Store the result of a step. Return False if the job was replaced in the meantime."""
    waiting = EvaluationJob.objects.select_for_update(no_key=True).filter(pk=job.pk, state=EvaluationState.WAITING)
    if waiting.first() is None:
        return False
    EvaluationPart.objects.create(job=job, name=step.name, data=job_kind.pack(result.arrays))
    for evaluation in result.evaluations:
        evaluation.save()
    waiting.update(pictures_done=F("pictures_done") + step.pictures, attempts=0, moved_at=timezone.now())
    return True


@transaction.atomic
def finish(job: EvaluationJob) -> None:
    """Mark the job as done, and delete its stored steps. Its evaluations remain."""
    EvaluationJob.objects.filter(pk=job.pk).update(state=EvaluationState.DONE, attempts=0, moved_at=timezone.now())
    job.parts.all().delete()


@transaction.atomic
def fail(job: EvaluationJob, problem: str) -> None:
    """Mark the job as failed, and delete its stored steps. It is not repeated until the next request."""
    logger.warning("Not measured: %s. %s", job.kind, problem)
    EvaluationJob.objects.filter(pk=job.pk).update(
        state=EvaluationState.FAILED, problem=problem, moved_at=timezone.now()
    )
    job.parts.all().delete()


class StoredParts:
    """The stored results of a job's steps. Implements StoredResults."""

    def __init__(self, job: EvaluationJob) -> None:
        self.job = job

    def read(self, names: Sequence[str]) -> dict[str, Arrays]:
        """Return the arrays by name of the step. Steps that are not done are left out."""
        rows = self.job.parts.filter(name__in=names).values_list("name", "data")
        return {name: job_kind.unpack(bytes(data)) for name, data in rows}
