"""Work on the evaluation jobs, a slice at a time. Everything else that needs the network goes first.

Each step is kept in one transaction, so a worker that is killed loses one step at most and measures nothing twice.
"""

import logging
import time
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from redis.exceptions import RedisError

from collection.jobs import job_queue as picture_steps
from similarity.evaluation.jobs import candidates, copies_job, likeness_job, speed_job, work
from similarity.evaluation.jobs.candidates import EmbedderOf, Group
from similarity.evaluation.jobs.work import Arrays, CannotMeasureError, Outcome, Plan, Step, Work
from similarity.image_query import searches
from similarity.index import advisory_locks
from similarity.models import Evaluation, EvaluationJob, EvaluationPart, EvaluationState
from similarity.spaces import fitting, lifecycle, space_requests

logger = logging.getLogger(__name__)

LOCK = 0x4EA51E  # of the worker that measures
ATTEMPTS_LIMIT = 3
GAVE_UP = f"{ATTEMPTS_LIMIT} workers stopped during this measurement. It may need more memory than the machine has."
UNEXPECTED = "This could not be measured. The reason is in the log of the worker."
WORKS: Mapping[str, Work] = {
    Evaluation.Kind.LIKENESS: likeness_job,
    Evaluation.Kind.SPEED: speed_job,
    Evaluation.Kind.COPIES: copies_job,
}


def run(embedder_of: EmbedderOf, *, budget_s: float) -> bool:
    """Measure for so many seconds, at least one step. Return whether to go on at once."""
    ends_at = time.monotonic() + budget_s
    with advisory_locks.try_lock(LOCK) as is_alone:
        if not is_alone or is_network_wanted():
            return False
        job = EvaluationJob.objects.filter(state=EvaluationState.WAITING).first()
        return job is not None and work_on(job, embedder_of, ends_at)


def is_network_wanted() -> bool:
    """Return whether an upload, a request for spaces, a fit or a visitor's search waits for the network."""
    served = [space for space in lifecycle.open_spaces() if not space.problem]
    if picture_steps.is_waiting(*(space.job_key for space in served)):
        return True
    if space_requests.is_waiting(space_requests.NETWORKS):
        return True
    return any(fitting.is_due(space) for space in served) or is_search_waiting()


def is_search_waiting() -> bool:
    """Also True while Redis can't tell."""
    try:
        return searches.waiting() > 0
    except RedisError:
        return True


def work_on(job: EvaluationJob, embedder_of: EmbedderOf, ends_at: float) -> bool:
    """Do steps of a job until the time is up or another has need of the network. Return whether to go on at once."""
    if job.attempts >= ATTEMPTS_LIMIT:
        fail(job, GAVE_UP)
        return True
    # counted before, so that it can't take down one worker after the other
    EvaluationJob.objects.filter(pk=job.pk).update(attempts=F("attempts") + 1, moved_at=timezone.now())
    try:
        is_complete = do_steps(job, candidates.find(embedder_of), ends_at)
    except CannotMeasureError as refusal:
        fail(job, str(refusal))
        return True
    except Exception:
        logger.exception("Not measured: %s", job)
        if job.attempts + 1 >= ATTEMPTS_LIMIT:
            fail(job, UNEXPECTED)
        return False  # the sweep tries again after a pause
    if is_complete:
        finish(job)
    return True


def do_steps(job: EvaluationJob, groups: Sequence[Group], ends_at: float) -> bool:
    """Return whether all steps are done. Raise CannotMeasureError, and whatever goes wrong in a step."""
    kind = WORKS[job.kind]
    plan = prepared(job, kind, groups)
    left = open_steps(job, kind.steps(plan, groups))
    for place, step in enumerate(left, 1):
        if not keep(job, step, kind.do(step, plan, groups, Parts(job))):
            return False
        if time.monotonic() >= ends_at or is_network_wanted():
            return place == len(left)
    return True


def prepared(job: EvaluationJob, kind: Work, groups: Sequence[Group]) -> Plan:
    """Draw the pictures at first, and again where other networks or lenses are live than when they were drawn."""
    keys = sorted(candidates.by_key(groups))
    if not keys:
        raise CannotMeasureError("No picture has been processed yet.")
    known: Plan | None = job.plan
    if known is not None and known["candidates"] == keys:
        return known
    plan = kind.draw(groups) | {"candidates": keys}
    total = sum(step.pictures for step in kind.steps(plan, groups))
    with transaction.atomic():
        job.parts.all().delete()
        EvaluationJob.objects.filter(pk=job.pk).update(plan=plan, pictures_done=0, pictures_total=total)
    return plan


def open_steps(job: EvaluationJob, steps: Sequence[Step]) -> list[Step]:
    done = set(job.parts.values_list("name", flat=True))
    return [step for step in steps if step.name not in done]


@transaction.atomic
def keep(job: EvaluationJob, step: Step, outcome: Outcome) -> bool:
    """Keep what a step measured. Return False where the job was replaced meanwhile."""
    waiting = EvaluationJob.objects.select_for_update(no_key=True).filter(pk=job.pk, state=EvaluationState.WAITING)
    if waiting.first() is None:
        return False
    EvaluationPart.objects.create(job=job, name=step.name, data=work.pack(outcome.arrays))
    for evaluation in outcome.evaluations:
        evaluation.save()
    waiting.update(pictures_done=F("pictures_done") + step.pictures, attempts=0, moved_at=timezone.now())
    return True


@transaction.atomic
def finish(job: EvaluationJob) -> None:
    """The results are on the Models page by now; what was kept to work them out is deleted."""
    EvaluationJob.objects.filter(pk=job.pk).update(state=EvaluationState.DONE, attempts=0, moved_at=timezone.now())
    job.parts.all().delete()


@transaction.atomic
def fail(job: EvaluationJob, problem: str) -> None:
    """Once and for all: until a person asks for it again."""
    logger.warning("Not measured: %s. %s", job.kind, problem)
    EvaluationJob.objects.filter(pk=job.pk).update(
        state=EvaluationState.FAILED, problem=problem, moved_at=timezone.now()
    )
    job.parts.all().delete()


class Parts:
    """What a job has kept so far."""

    def __init__(self, job: EvaluationJob) -> None:
        self.job = job

    def read(self, names: Sequence[str]) -> dict[str, Arrays]:
        rows = self.job.parts.filter(name__in=names).values_list("name", "data")
        return {name: work.unpack(bytes(data)) for name, data in rows}
