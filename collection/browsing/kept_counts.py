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
from collection.browsing.facet_table import BY_NAME
from collection.browsing.filters import Filters
from collection.models import Artwork

KEPT_S = 60
REUSED_S = 5  # whatever has changed
TOTALS_REUSED_S = KEPT_S
COUNTS_AGAIN_AFTER = 300  # times as long as counting took
FEW_WORKS = 2_000  # are counted in some milliseconds
# One thread counts, and others that need the same counts wait. It may need those of all works too.
LOCKS = [threading.RLock() for _ in range(16)]


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
    chosen = [(name, *values) for name, values in filters.chosen.items() if values]
    return kept(f"counts {chosen} {audience}", lambda: count_now(works, filters, audience), REUSED_S)


def count_now(works: QuerySet[Artwork], filters: Filters, audience: str) -> Counts:
    """Count works. With one chosen value, take the values of its facet from the kept counts of all works."""
    chosen = next(((name, values[0]) for name, values in filters.chosen.items() if values), None)
    if chosen is None:
        return counting.count(works, filters, {})
    name, value = chosen
    everything = count(works, Filters(), audience)
    known = {row[0]: row for row in everything.values[name]}
    if value not in known and BY_NAME[name].label_sql:
        return counting.count(works, filters, {})  # as the label of a value that is not frequent must be read
    counts = counting.count(works, filters, {}, known={name: everything.values[name]})
    if counts.works:
        _, label, _ = known.get(value, (value, value, 0))
        counts.values[name] = list((known | {value: (value, label, counts.works)}).values())
    if everything.is_capped:
        counts.sampled.add(name)
    return counts


def totals(public_works: QuerySet[Artwork]) -> Totals:
    """Return the counts of all works that everybody may see."""
    return kept("totals", lambda: counting.totals(public_works), TOTALS_REUSED_S)


def can_keep(filters: Filters) -> bool:
    """Return True for at most one value of one facet. There are too many other filters to keep their counts."""
    others = filters.q or filters.has_years or filters.colours or filters.has_maker
    return sum(map(len, filters.chosen.values())) <= 1 and not others


def kept(name: str, counting_now: Callable[[], Counted], reused_s: float) -> Counted:
    """Return kept counts, or count now. Counts of no work are not kept, as invented values have them."""
    key = hashlib.sha256(name.encode()).hexdigest()
    cache = caches["process"]
    with LOCKS[int(key, 16) % len(LOCKS)]:
        found: Kept[Counted] | None = cache.get(key)
        if found and found.is_fresh(reused_s):
            return found.counts
        now = version()
        if found and found.version == now:
            return found.counts
        since_s = time.monotonic()
        counts = counting_now()
        took_s = time.monotonic() - since_s
        if counts.works:
            cache.set(key, Kept(counts, now, since_s, took_s), max(KEPT_S, COUNTS_AGAIN_AFTER * took_s))
        return counts


def version() -> int:
    """Return a number that is greater after each change of works and collections."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM collection_works_version")
        return cursor.fetchone()[0]
