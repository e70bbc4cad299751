"""How many open pairs there would be at each cut."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from similarity.duplicates import cuts
from similarity.models import DuplicatePair, Verdict


@dataclass(frozen=True)
class QueueLength:
    """Open pairs at one cut: in the queue, and suggested as duplicates."""

    in_queue: int
    suggested: int


def at(wanted: Sequence[float]) -> list[QueueLength]:
    """Return the number of open pairs at each of these cuts, by one query."""
    may_be_duplicate = ~cuts.never_duplicates()
    counts = {}
    for number, cut in enumerate(wanted):
        counts[f"queue_{number}"] = Count("pk", filter=Q(certainty__gte=cut))
        counts[f"suggested_{number}"] = Count("pk", filter=Q(certainty__gte=cut) & may_be_duplicate)
    found = DuplicatePair.objects.filter(verdict=Verdict.UNDECIDED).order_by().aggregate(**counts)
    return [QueueLength(found[f"queue_{number}"], found[f"suggested_{number}"]) for number, _ in enumerate(wanted)]
