"""/healthz answers if the process is alive, /readyz if the whole site can work. Both answer quickly."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from config.celery import app
from similarity.spaces import lifecycle
from similarity.vision.networks import ensemble, shipped

LIMIT_S = 2.0
OK = "ok"
LATE = f"no answer within {LIMIT_S:g} s"

# A check that hangs occupies one of these threads. If all hang, later checks are reported as late too.
threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="readyz")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": OK})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if every check is "ok", else 503 with a sentence for each failed check."""
    asked = {name: threads.submit(check) for name, check in CHECKS.items()}
    until = time.monotonic() + LIMIT_S
    found = {name: outcome(future, until) for name, future in asked.items()}
    is_ready = all(value == OK for value in found.values())
    status = {"status": OK if is_ready else "not ready"}
    return JsonResponse(status | found, status=200 if is_ready else 503)


def outcome(future: "Future[str]", until: float) -> str:
    try:
        return future.result(max(0.0, until - time.monotonic()))
    except TimeoutError:
        future.cancel()
        return LATE


def check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "the database does not answer"
    finally:
        connection.close()
    return OK


def check_redis() -> str:
    try:
        with redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except redis.RedisError:
        return "Redis does not answer"
    return OK


def check_worker() -> str:
    """Ask workers through Celery. A worker that is computing may answer late."""
    if check_redis() != OK:
        return "cannot be asked while Redis does not answer"
    try:
        answers = app.control.ping(timeout=1, limit=1)
    except (OSError, redis.RedisError, OperationalError):  # Redis has stopped since the first check
        return "cannot be asked while Redis does not answer"
    return OK if answers else "no worker answers"


def check_weights() -> str:
    try:
        check_shipped_files()
        space = lifecycle.live()
    except shipped.ShippedFileError as error:
        return str(error)
    except DatabaseError:
        return "cannot be known while the database does not answer"
    finally:
        connection.close()
    if space is None:
        return "no worker has loaded a network yet"
    return OK if lifecycle.is_being_replaced(space) else space.problem or OK


def check_shipped_files() -> None:
    """Raise ShippedFileError for a damaged or missing file. KINDRED_WEIGHTS replaces that of the first network."""
    first, *others = ensemble.names_of(settings.KINDRED_BACKBONE)
    for name in others if settings.KINDRED_WEIGHTS is not None else [first, *others]:
        shipped.path_of(name)
    shipped.check_projections()


CHECKS: dict[str, Callable[[], str]] = {
    "database": check_database,
    "redis": check_redis,
    "worker": check_worker,
    "weights": check_weights,
}
