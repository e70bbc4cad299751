"""/metrics for Prometheus: jobs, spaces, the time of workers by stage, heartbeats and queues."""

import secrets
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from redis.exceptions import RedisError

from collection.jobs.job_queue import DERIVATIVES, FLAG, TWIN
from collection.models import Job, JobState
from config.monitoring import file_metrics, load_metrics
from similarity.models import Space, SpaceState
from similarity.spaces.lifecycle import open_spaces
from similarity.workers import stage_times


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
        keys = [DERIVATIVES, FLAG, TWIN, *(space.job_key for space in open_spaces())]
        yield self.jobs(keys)
        yield self.spaces()
        yield from self.stages()
        yield from file_metrics.collect()
        yield from load_metrics.collect(keys)

    def jobs(self, keys: Sequence[str]) -> Metric:
        """Count the jobs that are not done, with one query for each key, so that PostgreSQL uses the index."""
        gauge = GaugeMetricFamily("kindred_jobs", "Pieces of work that are not done.", labels=["work", "state"])
        unfinished = Job.objects.filter(key__in=keys, state__in=UNFINISHED).values_list("key", "state")
        for key, state, count in unfinished.annotate(count=Count("pk")).order_by("key", "state"):
            gauge.add_metric([key, state], count)
        return gauge

    def spaces(self) -> Metric:
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

    def stages(self) -> Iterable[Metric]:
        """Return the time by stage, or nothing if Redis does not answer. /readyz reports that."""
        try:
            totals = stage_times.totals()
        except RedisError:
            return
        seconds = CounterMetricFamily("kindred_stage_seconds", "Time the workers spent, by stage.", labels=["stage"])
        pictures = CounterMetricFamily("kindred_stage_pictures", "Pictures that passed a stage.", labels=["stage"])
        for name, (spent_s, count) in totals.items():
            seconds.add_metric([name], spent_s)
            pictures.add_metric([name], count)
        yield seconds
        yield pictures
