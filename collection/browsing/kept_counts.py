"""Keep the counts that most visitors see, until a work or a collection changes.

The triggers of migration 0016 count the changes. They count a change before its transaction ends, so counts read in the
meantime can be out of date. Counts are therefore kept for at most KEPT_S.
"""

from django.core.cache import caches
from django.db import connection
from django.db.models import QuerySet

from collection.browsing import counting
from collection.browsing.counting import Counts
from collection.browsing.filters import Filters
from collection.models import Artwork

KEPT_S = 60


def count(works: QuerySet[Artwork], filters: Filters, audience: str = "") -> Counts:
    """Return the counts of works for filters without a text.

    audience: a text that is equal only for people who may see the same works; "" for works that everybody may see.
    """
    cache = caches["process"]
    key = f"counts:{version()}:{audience}:{filters.address()}"
    counts: Counts | None = cache.get(key)
    if counts is None:
        counts = counting.count(works, filters, {})
        cache.set(key, counts, KEPT_S)
    return counts


def version() -> int:
    """Return a number that is greater after each change of works and collections."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM collection_works_version")
        return cursor.fetchone()[0]
