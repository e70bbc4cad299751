"""Metrics of the load: heartbeats, queues, searches that wait, and the age of the oldest waiting job."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from collection.jobs import job_queue
from collection.models import Job, JobState
from config.monitoring import heartbeats, worker_kinds
from similarity.workers import ephemeral, fair_queue

HEAD = 1_000  # jobs at the head of the queue that are read for the oldest


def collect() -> list[Metric]:
    """Return the metrics that are in Redis. Raise RedisError."""
    return [heartbeat_ages(), queue_lengths(), searches()]


def oldest_jobs(keys: Sequence[str]) -> Metric:
    gauge = GaugeMetricFamily(
        "kindred_oldest_waiting_job_seconds", "Age of the oldest job that no worker has taken.", labels=["work"]
    )
    now = timezone.now()
    for key in keys:
        priorities = (job_queue.UPLOAD_PRIORITY, job_queue.BACKLOG_PRIORITY)
        oldest = [since for priority in priorities if (since := waiting_since(key, priority))]
        if oldest:
            gauge.add_metric([key], max(0.0, (now - min(oldest)).total_seconds()))
    return gauge


def waiting_since(key: str, priority: int) -> dt.datetime | None:
    """Return the time since which the oldest job at the head of the queue waits, or None. This uses the index."""
    waiting = Job.objects.filter(key=key, priority=priority, state=JobState.PENDING)
    head = waiting.order_by("id").values("pk", "changed_at")[:HEAD]
    oldest: dt.datetime | None = head.aggregate(oldest=Min("changed_at"))["oldest"]
    return oldest


def heartbeat_ages() -> Metric:
    gauge = GaugeMetricFamily(
        "kindred_worker_heartbeat_age_seconds",
        "Seconds since the last heartbeat of a worker of this kind; +Inf if there was none for ten minutes.",
        labels=["kind"],
    )
    with ephemeral.connect() as redis:
        beats = heartbeats.read(redis)
    for kind in worker_kinds.KINDS:
        gauge.add_metric([kind], worker_kinds.age_s(kind, beats))
    return gauge


def queue_lengths() -> Metric:
    gauge = GaugeMetricFamily("kindred_queue_length", "Messages that no worker has taken.", labels=["queue"])
    queues = [queue for kind in worker_kinds.KINDS.values() for queue in kind if queue != heartbeats.BEAT]
    with ephemeral.connect() as redis:
        for queue in queues:
            gauge.add_metric([queue], redis.llen(queue))
    return gauge


def searches() -> Metric:
    gauge = GaugeMetricFamily("kindred_searches_waiting", "Searches and explanations that no worker works on.")
    gauge.add_metric([], fair_queue.waiting())
    return gauge
