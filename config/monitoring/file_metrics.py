"""Metrics of picture files: damaged and missing ones, the age of the oldest check, and files of deleted pictures."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from collection.jobs import file_checks
from collection.models import FileCheck, FileState, Orphan

KINDS = ("original", "derivatives")


def collect() -> Iterable[Metric]:
    """Return metrics from the results of the last checks. Each has a value even if there is no problem."""
    yield damaged()
    yield gauge(
        "kindred_files_oldest_check_seconds",
        "Time since all picture files have been read; a file that was never checked counts from its upload.",
        oldest_check_s(),
    )
    yield gauge("kindred_orphan_files", "Originals of deleted pictures that wait for deletion.", Orphan.objects.count())


def gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def damaged() -> Metric:
    family = GaugeMetricFamily(
        "kindred_files_damaged", "Pictures whose files are damaged or missing.", labels=["kind", "state"]
    )
    for kind in KINDS:
        counts = count_by(kind, file_checks.problems())
        for state in (FileState.DAMAGED, FileState.MISSING):
            family.add_metric([kind, state.value], counts.get(state, 0))
    return family


def count_by(kind: str, found: QuerySet[FileCheck]) -> dict[str, int]:
    return dict(found.order_by().values_list(kind).annotate(count=Count("pk")))


def oldest_check_s() -> float:
    """Return 0 if there are no pictures."""
    since = file_checks.read_since()
    return (timezone.now() - since).total_seconds() if since else 0.0
