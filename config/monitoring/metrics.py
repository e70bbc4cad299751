"""/metrics for Prometheus: readiness, jobs, spaces, files, the time of workers by stage, heartbeats and queues."""

import logging
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from redis.exceptions import RedisError

from collection.jobs.job_queue import AVIF, DERIVATIVES, FLAG, PALETTE, PYRAMID, TWIN
from collection.models import Job, JobState
from config.monitoring import file_metrics, health, load_metrics, own_threads
from config.monitoring.worker_kinds import OK
from similarity.models import Space, SpaceState
from similarity.spaces.lifecycle import open_spaces
from similarity.workers import stage_times

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer requests with the token (Authorization: Bearer ...) and administrators; 404 for all others."""
    if not may_read(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Site())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    token = settings.KINDRED_METRICS_TOKEN
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(sent.encode(), token.encode()):
        return True
    return bool(request.user.is_authenticated and request.user.is_superuser)


UNFINISHED = [JobState.PENDING, JobState.CLAIMED, JobState.FAILED]


class Site:
    """Metrics of the whole site, the same in every process."""

    def collect(self) -> Iterable[Metric]:
        """Return what is known within the time limit of /readyz. `kindred_ready` states what did not answer."""
        until = time.monotonic() + health.LIMIT_S
        asked = [own_threads.start(f"metrics-{name}", part) for name, part in PARTS.items()]
        yield readiness(health.findings(until))
        for future in asked:
            yield from outcome(future, until)


def outcome(future: "Future[list[Metric]]", until: float) -> list[Metric]:
    try:
        return own_threads.outcome(future, until)
    except (TimeoutError, DatabaseError, RedisError, OSError):
        return []
    except Exception:
        logger.exception("A part of /metrics failed")
        return []


def readiness(findings: Mapping[str, str]) -> Metric:
    gauge = GaugeMetricFamily("kindred_ready", "1 if this line of /readyz is ok, else 0.", labels=["part"])
    for part, text in findings.items():
        gauge.add_metric([part], float(text == OK))
    return gauge


def in_database() -> list[Metric]:
    """Raise DatabaseError."""
    try:
        keys = [DERIVATIVES, FLAG, PYRAMID, PALETTE, AVIF, TWIN, *(space.job_key for space in open_spaces())]
        return [jobs(keys), spaces(), *file_metrics.collect(), load_metrics.oldest_jobs(keys)]
    finally:
        connection.close()


def in_redis() -> list[Metric]:
    """Raise RedisError."""
    return [*stages(), *load_metrics.collect()]


def on_disk() -> list[Metric]:
    """Raise OSError."""
    free = shutil.disk_usage(settings.MEDIA_ROOT).free
    return [GaugeMetricFamily("kindred_disk_free_bytes", "Free space on the disk of the pictures.", value=free)]


PARTS: Mapping[str, Callable[[], list[Metric]]] = {"database": in_database, "redis": in_redis, "disk": on_disk}


def jobs(keys: Sequence[str]) -> Metric:
    """Count the jobs that are not done, with one query for each key, so that PostgreSQL uses the index."""
    gauge = GaugeMetricFamily("kindred_jobs", "Pieces of work that are not done.", labels=["work", "state"])
    unfinished = Job.objects.filter(key__in=keys, state__in=UNFINISHED).values_list("key", "state")
    for key, state, count in unfinished.annotate(count=Count("pk")).order_by("key", "state"):
        gauge.add_metric([key, state], count)
    return gauge


def spaces() -> Metric:
    gauge = GaugeMetricFamily(
        "kindred_spaces", "Spaces by lens, network and state.", labels=["lens", "backbone", "state"]
    )
    for lens, backbone, state, count in (
        Space.objects.exclude(state=SpaceState.RETIRED)
        .values_list("lens", "backbone", "state")
        .annotate(count=Count("pk"))
        .order_by("lens", "backbone", "state")
    ):
        gauge.add_metric([lens, backbone, state], count)
    return gauge


def stages() -> list[Metric]:
    """Return the time by stage. Raise RedisError."""
    seconds = CounterMetricFamily("kindred_stage_seconds", "Time the workers spent, by stage.", labels=["stage"])
    pictures = CounterMetricFamily("kindred_stage_pictures", "Pictures that passed a stage.", labels=["stage"])
    for name, (spent_s, count) in stage_times.totals().items():
        seconds.add_metric([name], spent_s)
        pictures.add_metric([name], count)
    return [seconds, pictures]
