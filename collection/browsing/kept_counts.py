"""Keep the counts that most visitors see.

The triggers of migration 0016 count the changes of works and collections. Counts of few works are kept until something
changes. Counts of many works are also used for some seconds after a change, so that during an import not every request
counts again. What took long to count is used longer: at most a share of a process's time is spent on it. The triggers
count a change before its transaction ends, so counts read meanwhile can be out of date. Counts are therefore kept for
at most KEPT_S, or longer if they took long.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, TypeVar

from django.core.cache import caches
from django.db import connection
from django.db.models import QuerySet

from collection.browsing import counting
from collection.browsing.counting import Counts, Totals
from collection.browsing.facet_table import BY_NAME, FacetName
from collection.browsing.filters import Filters
from collection.models import Artwork

KEPT_S = 60
REUSED_S = 5  # whatever has changed
TOTALS_REUSED_S = KEPT_S
COUNTS_AGAIN_AFTER = 300  # times as long as counting took
FEW_WORKS = 2_000  # are counted in some milliseconds
LOCKS = [threading.Lock() for _ in range(16)]  # one thread counts, and others that need the same counts wait


class HasWorks(Protocol):
    @property
    def works(self) -> int: ...


Counted = TypeVar("Counted", bound=HasWorks)


class Kept(NamedTuple, Generic[Counted]):
    counts: Counted
    version: int
    since_s: float  # of time.monotonic()
    took_s: float

    def is_fresh(self, reused_s: float) -> bool:
        if self.counts.works <= FEW_WORKS:
            return False
        return time.monotonic() - self.since_s < max(reused_s, COUNTS_AGAIN_AFTER * self.took_s)


def count(works: QuerySet[Artwork], filters: Filters, audience: str = "") -> Counts:
    """Return the counts of works for filters without a text. Keep them if `can_keep` accepts the filters.

    audience: a text that is equal only for people who may see the same works; "" for works that everybody may see.
    """
    if not can_keep(filters):
        return counting.count(works, filters, {})
    chosen = next(((name, values[0]) for name, values in filters.chosen.items() if values), None)
    if chosen is None:
        return kept(name_of_all(audience), lambda _: counting.count(works, filters, {}), REUSED_S)
    name = f"counts {chosen} {audience}"
    return kept(name, lambda now: with_choice(works, filters, chosen, kept_now(audience, now)), REUSED_S)


def name_of_all(audience: str) -> str:
    return f"counts {audience}"


def kept_now(audience: str, now: int) -> Counts | None:
    """Return the kept counts of all works if nothing has changed since they were counted."""
    found: Kept[Counts] | None = caches["process"].get(key_of(name_of_all(audience)))
    return found.counts if found and found.version == now else None


def with_choice(
    works: QuerySet[Artwork], filters: Filters, chosen: tuple[FacetName, str], everything: Counts | None
) -> Counts:
    """Count works with one chosen value. Take the values of its facet from the counts of all works, if known."""
    facet, value = chosen
    known = {row[0]: row for row in everything.values[facet]} if everything else {}
    is_labelled = value in known or not BY_NAME[facet].label_sql  # else only the query reads the label
    if everything is None or not is_labelled:
        return counting.count(works, filters, {})
    counts = counting.count(works, filters, {}, known={facet: everything.values[facet]})
    if counts.works and value not in known:
        counts.values[facet] = [*known.values(), (value, value, counts.read)]
    if everything.is_capped:
        counts.sampled.add(facet)
    return counts


def totals(public_works: QuerySet[Artwork]) -> Totals:
    """Return the counts of all works that everybody may see."""
    return kept("totals", lambda _: counting.totals(public_works), TOTALS_REUSED_S)


def can_keep(filters: Filters) -> bool:
    """Return True for at most one value of one facet. There are too many other filters to keep their counts."""
    others = filters.q or filters.has_years or filters.colours or filters.has_maker
    return sum(map(len, filters.chosen.values())) <= 1 and not others


def kept(name: str, count_now: Callable[[int], Counted], reused_s: float) -> Counted:
    """Return kept counts, or count now. Counts of no work are not kept, as invented values have them.

    count_now: is given the present version.
    """
    key = key_of(name)
    cache = caches["process"]
    with LOCKS[int(key, 16) % len(LOCKS)]:
        found: Kept[Counted] | None = cache.get(key)
        if found and found.is_fresh(reused_s):
            return found.counts
        now = version()
        if found and found.version == now:
            return found.counts
        since_s = time.monotonic()
        counts = count_now(now)
        took_s = time.monotonic() - since_s
        if counts.works:
            cache.set(key, Kept(counts, now, since_s, took_s), max(KEPT_S, COUNTS_AGAIN_AFTER * took_s))
        return counts


def key_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def version() -> int:
    """Return a number that is greater after each change of works and collections."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM collection_works_version")
        return cursor.fetchone()[0]
