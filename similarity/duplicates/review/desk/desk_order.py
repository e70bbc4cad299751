"""The order of pairs at the desk: the next and the previous pair, and the position in the queue."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from similarity.duplicates.review import claims, verdicts
from similarity.duplicates.review.queue_filters import Filters
from similarity.models import DuplicatePair

LAST = "last"  # the name in an address of the pair that was decided before
MOST_COUNTED = 10_000  # pairs; to count a million for every pair that is shown would take seconds


@dataclass(frozen=True)
class Place:
    """The position of a pair among the undecided ones, from 1, and their number.

    position: None for a pair that is not among them, and beyond MOST_COUNTED. total: at most MOST_COUNTED. is_more:
    True if there are more.
    """

    position: int | None
    total: int
    is_more: bool


def next_pair(request: HttpRequest, pair: DuplicatePair | None) -> DuplicatePair | None:
    """Return the pair to show after this one: the next of the queue, else its first, else None.

    This is the only function that chooses the next pair. For None it returns the first pair of the queue. It leaves out
    pairs that colleagues look at.
    """
    waiting = queue(request, pair)
    if pair is None:
        return claims.next_pair(request.user, waiting)
    others = waiting.exclude(pk=pair.pk)
    found = claims.next_pair(request.user, others, pair) or claims.next_pair(request.user, others)
    return found or (next_pair(request, None) if pair.case_id else None)


def previous_pair(request: HttpRequest, pair: DuplicatePair) -> DuplicatePair | None:
    """Return the undecided pair before this one in the queue."""
    return claims.previous_pair(request.user, queue(request, pair), pair)


def place(request: HttpRequest, pair: DuplicatePair) -> Place:
    """Count the undecided pairs, and those before this one."""
    waiting = queue(request, pair)
    is_waiting = waiting.filter(pk=pair.pk).exists()
    before = counted(verdicts.ahead(waiting, pair)) if is_waiting else MOST_COUNTED
    total = counted(waiting)
    return Place(before + 1 if before < MOST_COUNTED else None, min(total, MOST_COUNTED), is_more=total > MOST_COUNTED)


def counted(pairs: verdicts.Pairs) -> int:
    """Return the number of pairs, or MOST_COUNTED + 1 if there are more."""
    return pairs.order_by()[: MOST_COUNTED + 1].count()


def queue(request: HttpRequest, pair: DuplicatePair | None) -> verdicts.Pairs:
    """Return the pairs that wait for this user, in the order of the queue: those of the pair's case, or of the filter.

    Their pictures are read with them, their works are not.
    """
    if pair is not None and pair.case_id:
        waiting = verdicts.waiting(verdicts.reviewable(request.user).filter(case=pair.case_id), request.user)
    else:
        waiting = Filters.from_query(request.GET).apply(verdicts.queue(request.user))
    return waiting.prefetch_related(None).select_related("low", "high")


def query_string(request: HttpRequest) -> str:
    """Return the filter of the queue as the end of an address: "" or "?..."."""
    query = Filters.from_query(request.GET).query_string
    return f"?{query}" if query else ""


def address(request: HttpRequest, pair: DuplicatePair, last: int | None = None) -> str:
    """Return the address of a pair's desk. It keeps the filter, and names the pair that was decided before."""
    query = query_string(request)
    if last is not None:
        query += f"{'&' if query else '?'}{LAST}={last}"
    return f"{reverse('review-pair', args=[pair.pk])}{query}"
