"""How far the measuring is, in sentences for the Models page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from similarity.models import Evaluation, EvaluationJob, JobState

TITLES = {
    Evaluation.Kind.LIKENESS: "same class and same maker",
    Evaluation.Kind.SPEED: "speed",
    Evaluation.Kind.COPIES: "copies",
}
KEPT_WAITING = dt.timedelta(seconds=20)  # without a step: the worker has other work, or there is none
BEGINS_SOON = "Measuring begins as soon as no picture and no search waits."
GIVES_WAY = "Measuring: {}. It goes on as soon as no picture and no search waits."


@dataclass(frozen=True)
class Progress:
    """What the top of the Models page says of the measuring."""

    is_known: bool  # something was asked for at some time
    is_busy: bool
    sentence: str
    done: int  # pictures, of the measure that is at work
    total: int
    problems: Sequence[str]  # sentences
    can_show_more: bool  # some measures are done while others are not


def read() -> Progress:
    jobs = list(EvaluationJob.objects.all())
    waiting = [job for job in jobs if job.state == JobState.WAITING]
    now = waiting[0] if waiting else None
    return Progress(
        is_known=bool(jobs),
        is_busy=bool(waiting),
        sentence=sentence(now) if now else measured(jobs),
        done=now.pictures_done if now else 0,
        total=now.pictures_total if now else 0,
        problems=[f"Not measured: {title(job)}. {job.problem}" for job in jobs if job.state == JobState.FAILED],
        can_show_more=bool(waiting) and any(job.state == JobState.DONE for job in jobs),
    )


def sentence(job: EvaluationJob) -> str:
    """Say what is measured now and how far it is."""
    if job.moved_at is None:
        return BEGINS_SOON
    told = f"{title(job)}, {step(job)}"
    is_kept_waiting = timezone.now() - job.moved_at > KEPT_WAITING
    return GIVES_WAY.format(told) if is_kept_waiting else f"Measuring: {told}."


def step(job: EvaluationJob) -> str:
    if job.pictures_done < job.pictures_total:
        return f"{job.pictures_done:,} of {job.pictures_total:,} pictures"
    return "working out the results"


def title(job: EvaluationJob) -> str:
    return TITLES[Evaluation.Kind(job.kind)]


def measured(jobs: Sequence[EvaluationJob]) -> str:
    """Say when the last measuring ended; empty where nothing was ever measured."""
    ends = [job.moved_at for job in jobs if job.state == JobState.DONE and job.moved_at]
    if not ends:
        return ""
    return f"Measured on this site\u2019s pictures on {date_format(timezone.localtime(max(ends)), 'j F Y, H:i')}."
