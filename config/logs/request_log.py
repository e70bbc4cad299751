"""One log line for each request, with its id, user, status and duration. See docs/decisions/0030."""

import time
from typing import Any

import structlog
from celery import Task
from django.http import HttpRequest, HttpResponse
from django_structlog import signals
from django_structlog.celery import signals as celery_signals
from django_structlog.middlewares import RequestMiddleware

from collection.audit.recording import acting
from collection.clients import client_of

NOT_LOGGED = {"/healthz", "/readyz", "/metrics"}  # monitoring requests these every few seconds


class RequestLog(RequestMiddleware):
    """Add the request's id, user and client to every line, and write one line at the end."""

    def prepare(self, request: HttpRequest) -> None:
        request.began_s = time.monotonic()  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()  # the same thread may have served another request
        super().prepare(request)
        structlog.contextvars.bind_contextvars(client=client_of(request))

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Add the user if the request has read the session. Public pictures do not read it, so they need no query."""
        session = getattr(request, "session", None)
        if session is not None and session.accessed:
            RequestMiddleware.bind_user_id(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        if request.path in NOT_LOGGED and response.status_code < 400:
            structlog.contextvars.clear_contextvars()
            return
        super().handle_response(request, response)


def add_duration(request: HttpRequest, log_kwargs: dict[str, Any], **_: Any) -> None:
    """Add the duration in milliseconds to the line of a request."""
    log_kwargs["duration_ms"] = round((time.monotonic() - request.began_s) * 1000)  # type: ignore[attr-defined]


def keep_only_ids(context: dict[str, Any], **_: Any) -> None:
    """Pass the ids of the request and the user to tasks, but not the client's address, which Redis would then store."""
    for name in set(context) - {"request_id", "parent_task_id"}:
        del context[name]
    if (user_id := acting.get()().user_id) is not None:
        context["user_id"] = user_id


def name_task(task: Task, **_: Any) -> None:
    """Add the task's name to all of its lines."""
    structlog.contextvars.bind_contextvars(task=task.name)


def connect() -> None:
    celery_signals.bind_extra_task_metadata.connect(name_task, dispatch_uid="name_task")
    celery_signals.modify_context_before_task_publish.connect(keep_only_ids, dispatch_uid="keep_only_ids")
    signals.bind_extra_request_finished_metadata.connect(add_duration, dispatch_uid="duration")
    signals.bind_extra_request_failed_metadata.connect(add_duration, dispatch_uid="duration")
