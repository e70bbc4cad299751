"""The Celery application. Queues: search and embed (one solo worker per GPU); sweep, work and flag (prefork)."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun, worker_init
from django_structlog.celery.steps import DjangoStructLogInitStep

from config.monitoring.heartbeat_writers import HeartbeatStep, activity

app = Celery("kindred")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(HeartbeatStep)
app.steps["worker"].add(DjangoStructLogInitStep)  # one log line for each task, with the id of its request


@setup_logging.connect
def keep_logging(**_: Any) -> None:
    """Keep the logging of Django's settings. Celery replaces it unless this signal has a receiver."""


@worker_init.connect
def refuse_wrong_settings(**_: Any) -> None:
    """Stop a worker whose settings are wrong. Celery runs Django's checks too, but ignores their results."""
    from django.core.checks import run_checks

    problems = [str(each.msg) for each in run_checks() if each.is_serious()]
    if problems:
        raise SystemExit("\n".join(problems))


@task_prerun.connect
def note_begin(task_id: str, task: Any, **_: Any) -> None:
    activity.begin(task_id, task.name)


@task_prerun.connect
def store_english(**_: Any) -> None:
    """Let tasks store sentences in English, whatever KINDRED_LANGUAGE is. Pages translate those that they know."""
    from django.utils import translation

    translation.activate("en-gb")


@task_postrun.connect
def note_end(task_id: str, **_: Any) -> None:
    activity.end(task_id)
