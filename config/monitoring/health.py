"""/healthz reports whether the process runs, /readyz whether the whole site works. Both answer quickly."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import RedisError

from config.monitoring import heartbeats, own_threads, site_checks, worker_kinds
from config.monitoring.worker_kinds import OK

logger = logging.getLogger(__name__)

LIMIT_S = 1.5  # so that the answer comes within two seconds
LATE = f"no answer within {LIMIT_S:g} s"
FAILED = "could not be checked; the reason is in the log of the site"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": OK})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if every check is "ok", else 503 with a sentence for each failed check."""
    found = findings(time.monotonic() + LIMIT_S)
    is_ready = all(value == OK for value in found.values())
    status = {"status": OK if is_ready else "not ready"}
    return JsonResponse(status | found, status=200 if is_ready else 503)


def findings(until: float) -> dict[str, str]:
    """Return "ok" or a sentence for each part of the site, until a time on time.monotonic's clock at the latest."""
    asked = {name: own_threads.start(name, check) for name, check in CHECKS.items()}
    return {name: outcome(future, until) for name, future in asked.items()}


def outcome(future: "Future[str]", until: float) -> str:
    try:
        return own_threads.outcome(future, until)
    except TimeoutError:
        return LATE
    except Exception:
        logger.exception("A check of /readyz failed")
        return FAILED


def check_workers(kind: str) -> str:
    """Return the status of this kind of worker, by its heartbeats."""
    try:
        with site_checks.connect() as redis:
            return worker_kinds.status_of(kind, heartbeats.read(redis))
    except RedisError:
        return site_checks.UNKNOWN


CHECKS: dict[str, Callable[[], str]] = {
    "database": site_checks.check_database,
    "redis": site_checks.check_redis,
    "weights": site_checks.check_weights,
    "media": site_checks.check_media,
    "disk": site_checks.check_disk,
    **{kind: partial(check_workers, kind) for kind in worker_kinds.KINDS},
}
