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
KEPT_WAITING = dt.timedelta(seconds=20)  # without a step: the worker has other work, or there is none
BEGINS_SOON = "Measuring starts as soon as no pictures or searches are waiting."
GIVES_WAY = "Measuring: {}. It continues as soon as no pictures or searches are waiting."


@dataclass(frozen=True)
class Progress:
    """What the top of the Models page says about the progress of measuring."""

    is_known: bool  # a measurement has been requested before
    is_busy: bool
    sentence: str
    done: int  # pictures, of the job that runs now
    total: int
    problems: Sequence[str]  # sentences
    can_show_more: bool  # some jobs are done while others are not


def read() -> Progress:
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
    """Say what is being measured now and how much of it is done."""
    if job.moved_at is None:
        return BEGINS_SOON
    told = f"{title(job)}, {step(job)}"
    is_kept_waiting = timezone.now() - job.moved_at > KEPT_WAITING
    return GIVES_WAY.format(told) if is_kept_waiting else f"Measuring: {told}."


def step(job: EvaluationJob) -> str:
    if job.pictures_done < job.pictures_total:
        return f"{job.pictures_done:,} of {job.pictures_total:,} pictures"
    return "calculating the results"


def title(job: EvaluationJob) -> str:
    return TITLES[Evaluation.Kind(job.kind)]


def measured(jobs: Sequence[EvaluationJob]) -> str:
    """Say when the last measurement ended; empty if there was none."""
    ends = [job.moved_at for job in jobs if job.state == EvaluationState.DONE and job.moved_at]
    if not ends:
        return ""
    return f"Measured on this site\u2019s pictures on {date_format(timezone.localtime(max(ends)), 'j F Y, H:i')}."
