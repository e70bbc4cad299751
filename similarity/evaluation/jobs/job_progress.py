"""The progress of measuring, in sentences for the Models page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop

from similarity.models import Evaluation, EvaluationJob, EvaluationState

TITLES = {
    Evaluation.Kind.LIKENESS: gettext_noop("same class, maker, culture and department"),
    Evaluation.Kind.SPEED: gettext_noop("speed"),
    Evaluation.Kind.COPIES: gettext_noop("copies"),
}
PAUSED = dt.timedelta(seconds=20)  # without a step: the worker has other work, or no worker runs
CONTINUES_LATER = gettext_noop("It continues as soon as no pictures or searches are waiting.")


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
        problems=[problem_of(job) for job in jobs if job.state == EvaluationState.FAILED],
        can_show_more=bool(waiting) and any(job.state == EvaluationState.DONE for job in jobs),
    )


def sentence(job: EvaluationJob) -> str:
    """Return a sentence on what is being measured and how much of it is done."""
    if job.moved_at is None:
        return gettext("Measuring starts as soon as no pictures or searches are waiting.")
    is_paused = timezone.now() - job.moved_at > PAUSED
    return f"{step(job)} {gettext(CONTINUES_LATER)}" if is_paused else step(job)


def step(job: EvaluationJob) -> str:
    """Return a sentence on the current step."""
    if job.pictures_done >= job.pictures_total:
        return gettext("Measuring: %(what)s, calculating the results.") % {"what": title(job)}
    return gettext("Measuring: %(what)s, %(done)s of %(total)s pictures.") % {
        "what": title(job),
        "done": intcomma(job.pictures_done),
        "total": intcomma(job.pictures_total),
    }


def problem_of(job: EvaluationJob) -> str:
    """Return why a job failed. The reason itself is stored, so it is English."""
    return gettext("Not measured: %(what)s. %(problem)s") % {"what": title(job), "problem": job.problem}


def title(job: EvaluationJob) -> str:
    return gettext(TITLES[Evaluation.Kind(job.kind)])


def measured(jobs: Sequence[EvaluationJob]) -> str:
    """Return a sentence on when the last measurement ended. It is empty if there was none."""
    ends = [job.moved_at for job in jobs if job.state == EvaluationState.DONE and job.moved_at]
    if not ends:
        return ""
    end = timezone.localtime(max(ends))
    when = {"date": date_format(end, gettext("j F Y")), "time": date_format(end, "H:i")}
    return gettext("Measured on this site’s pictures on %(date)s, %(time)s.") % when
