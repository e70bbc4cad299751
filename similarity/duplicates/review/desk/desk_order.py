"""The order of pairs at the desk: the next and the previous pair, and the position in the queue."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from similarity.duplicates.review import verdicts
from similarity.models import DuplicatePair

LAST = "last"  # the name in an address of the pair that was decided before
PLACES = (LAST, "after")  # what an address has beside the filter of the queue


@dataclass(frozen=True)
class Place:
    """The position of a pair among the undecided ones, from 1. It is None for a decided pair."""

    position: int | None
    total: int


def next_pair(request: HttpRequest, pair: DuplicatePair | None) -> DuplicatePair | None:
    """Return the pair to show after this one: the next of the queue, else its first, else None.

    This is the only function that chooses the next pair. None as pair asks for the first of the queue.
    """
    waiting = queue(request, pair)
    if pair is None:
        return waiting.first()
    others = waiting.exclude(pk=pair.pk)
    found = verdicts.behind(others, pair).first() or others.first()
    return found or (next_pair(request, None) if pair.case_id else None)


def previous_pair(request: HttpRequest, pair: DuplicatePair) -> DuplicatePair | None:
    """Return the undecided pair before this one in the queue."""
    return ahead(queue(request, pair), pair).last()


def place(request: HttpRequest, pair: DuplicatePair) -> Place:
    """Count the undecided pairs, and those before this one."""
    waiting = queue(request, pair)
    is_waiting = waiting.filter(pk=pair.pk).exists()
    return Place(ahead(waiting, pair).count() + 1 if is_waiting else None, waiting.count())


def queue(request: HttpRequest, pair: DuplicatePair | None) -> verdicts.Pairs:
    """Return the undecided pairs in the order of the queue: those of the pair's case, or those without a case."""
    pairs = verdicts.reviewable(request.user)
    chosen = pairs.filter(case=pair.case_id) if pair and pair.case_id else verdicts.alone(pairs)
    return verdicts.undecided(chosen)


def ahead(pairs: verdicts.Pairs, pair: DuplicatePair) -> verdicts.Pairs:
    """Return the pairs of the queue before this one. See `verdicts.behind`."""
    better = Q(correlation__gt=pair.correlation) | Q(correlation=pair.correlation, pk__lt=pair.pk)
    return pairs.filter(Q(is_identical=pair.is_identical) & better | Q(is_identical__gt=pair.is_identical))


def query_string(request: HttpRequest) -> str:
    """Return the filter of the queue as the end of an address, "" or "?...", without the places in it."""
    kept = request.GET.copy()
    for name in PLACES:
        kept.pop(name, None)
    return f"?{kept.urlencode()}" if kept else ""


def address(request: HttpRequest, pair: DuplicatePair, last: int | None = None) -> str:
    """Return the address of a pair's desk. It keeps the filter, and names the pair that was decided before."""
    query = query_string(request)
    if last is not None:
        query += f"{'&' if query else '?'}{LAST}={last}"
    return f"{reverse('review-pair', args=[pair.pk])}{query}"
