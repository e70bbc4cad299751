"""The progress of measuring, in sentences for the Models page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from similarity.models import Evaluation, EvaluationJob, EvaluationState

TITLES = {
    Evaluation.Kind.LIKENESS: "same class, maker, culture and department",
    Evaluation.Kind.SPEED: "speed",
    Evaluation.Kind.COPIES: "copies",
}
PAUSED = dt.timedelta(seconds=20)  # without a step: the worker has other work, or no worker runs
STARTS_SOON = "Measuring starts as soon as no pictures or searches are waiting."
CONTINUES_LATER = "Measuring: {}. It continues as soon as no pictures or searches are waiting."


@dataclass(frozen=True)
class Progress:
    """The progress of measuring, for the top of the Models page."""

    is_known: bool  # a measurement has been requested before
    is_busy: bool
    sentence: str
    done: int  # pictures that the current job has measured
    total: int  # pictures of the current job
    problems: Sequence[str]  # sentences
    can_show_more: bool  # some jobs are done while others are not


def read() -> Progress:
    """Return the progress of all jobs."""
    jobs = list(EvaluationJob.objects.all())
    waiting = [job for job in jobs if job.state == EvaluationState.WAITING]
    now = waiting[0] if waiting else None
    return Progress(
        is_known=bool(jobs),
        is_busy=bool(waiting),
        sentence=sentence(now) if now else measured(jobs),
        done=now.pictures_done if now else 0,
        total=now.pictures_total if now else 0,
        problems=[f"Not measured: {title(job)}. {job.problem}" for job in jobs if job.state == EvaluationState.FAILED],
        can_show_more=bool(waiting) and any(job.state == EvaluationState.DONE for job in jobs),
    )


def sentence(job: EvaluationJob) -> str:
    """Return a sentence on what is being measured and how much of it is done."""
    if job.moved_at is None:
        return STARTS_SOON
    state = f"{title(job)}, {step(job)}"
    is_paused = timezone.now() - job.moved_at > PAUSED
    return CONTINUES_LATER.format(state) if is_paused else f"Measuring: {state}."


def step(job: EvaluationJob) -> str:
    if job.pictures_done < job.pictures_total:
        return f"{job.pictures_done:,} of {job.pictures_total:,} pictures"
    return "calculating the results"


def title(job: EvaluationJob) -> str:
    return TITLES[Evaluation.Kind(job.kind)]


def measured(jobs: Sequence[EvaluationJob]) -> str:
    """Return a sentence on when the last measurement ended. It is empty if there was none."""
    ends = [job.moved_at for job in jobs if job.state == EvaluationState.DONE and job.moved_at]
    if not ends:
        return ""
    return f"Measured on this site\u2019s pictures on {date_format(timezone.localtime(max(ends)), 'j F Y, H:i')}."
