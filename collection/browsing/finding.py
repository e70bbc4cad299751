"""Run one search: count the works, correct typing errors, and state what was changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.utils.translation import gettext

from collection.browsing import counting, kept_counts, orders
from collection.browsing import filters as filtering
from collection.browsing.counting import Counts
from collection.browsing.facet_table import FacetName
from collection.browsing.filters import Filters
from collection.browsing.orders import Order
from collection.browsing.text import corrections, query_text
from collection.models import Artwork


@dataclass(frozen=True)
class Found:
    """The result of a search, which may be that of a corrected text."""

    typed: Filters  # the filters in the address
    filters: Filters  # the filters with the corrected text
    counts: Counts
    note: str = ""  # a sentence about the text

    @property
    def is_corrected(self) -> bool:
        return self.filters.q != self.typed.q

    @property
    def is_ranked(self) -> bool:
        """Return True if the works can be ordered by how well they match."""
        return bool(self.filters.q) and not is_large(self.counts)

    @property
    def verbatim_url(self) -> str:
        return replace(self.typed, is_verbatim=True).address()


def find(
    works: QuerySet[Artwork],
    filters: Filters,
    finds: Mapping[FacetName, str],
    *,
    only: FacetName = "",
    are_public: bool = False,
) -> Found:
    """Count the works that match. If none match, correct the typing errors of the text unless the address forbids it.

    only: the facet whose values are counted, or "" for all facets. are_public: True if everybody may see these works.
    """
    is_usual = are_public and kept_counts.can_keep(filters) and not any(finds.values())
    counts = kept_counts.count(works, filters) if is_usual else counting.count(works, filters, finds, only)
    shown = filters
    if not counts.works and (better := corrected(works, filters)) != filters:
        better_counts = counting.count(works, better, finds, only)
        shown, counts = (better, better_counts) if better_counts.works else (shown, counts)
    return Found(filters, orders.bounded(shown, is_large=is_large(counts)), counts, note_about(filters.q))


def continued(works: QuerySet[Artwork], filters: Filters) -> Filters:
    """Return the filters of further works as `find` would: corrected, and bounded. Count only as many as must be known.

    The addresses on our pages have such filters already. Other addresses may have any.
    """
    if not filters.q:
        return filters
    if not (count := count_for_order(works, filters)):
        filters = corrected(works, filters)
        count = count_for_order(works, filters)
    return orders.bounded(filters, is_large=count > orders.RANKED_LIMIT)


def count_for_order(works: QuerySet[Artwork], filters: Filters) -> int:
    """Return how many works match, but at most one more than can be ranked, or 1 if they are not to be ranked."""
    most = orders.RANKED_LIMIT + 1 if orders.chosen(filters) == Order.BEST else 1
    return filtering.apply(works, filters).order_by()[:most].count()


def corrected(works: QuerySet[Artwork], filters: Filters) -> Filters:
    """Return the filters with the typing errors of their text corrected, if that is wanted and possible."""
    text = "" if filters.is_verbatim else corrections.corrected(works, query_text.parse(filters.q))
    return replace(filters, q=text) if text else filters


def is_large(counts: Counts) -> bool:
    return counts.works > orders.RANKED_LIMIT


def note_about(text: str) -> str:
    query = query_text.parse(text)
    if text and not query:
        return gettext("This text has no letter or digit to search for.")
    if not query.has_more_words:
        return ""
    return gettext("Only the first %(count)s words were searched for.") % {"count": query_text.WORDS_LIMIT}
