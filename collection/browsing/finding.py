"""One search: counts, corrections of typing errors, and what to say of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from collection.browsing import counting, orders
from collection.browsing.counting import Counts
from collection.browsing.facet_table import FacetName
from collection.browsing.filters import Filters
from collection.browsing.text import corrections, query_text
from collection.models import Artwork


@dataclass(frozen=True)
class Found:
    """What is shown, which may be the results of a corrected text."""

    typed: Filters  # as the address has them
    filters: Filters  # with the corrected text
    counts: Counts
    note: str = ""  # a sentence about the text

    @property
    def is_corrected(self) -> bool:
        return self.filters.q != self.typed.q

    @property
    def verbatim_url(self) -> str:
        return replace(self.typed, is_verbatim=True).address()


def find(works: QuerySet[Artwork], filters: Filters, finds: Mapping[FacetName, str]) -> Found:
    """Count the works that match. If none do, correct the typing errors of the text, unless that is not wanted."""
    counts = counting.count(works, filters, finds)
    query = query_text.parse(filters.q)
    if filters.q and not query:
        return Found(filters, filters, counts, "This text has no letter or digit to search for.")
    if query.has_more_words:
        note = f"Only the first {query_text.WORDS_LIMIT} words were searched for."
        return Found(filters, orders.bounded(filters, counts.is_capped), counts, note)
    if query and not counts.works and not filters.is_verbatim:
        text = corrections.corrected(works, query)
        better = replace(filters, q=text)
        if text and (counts_of_better := counting.count(works, better, finds)).works:
            return Found(filters, orders.bounded(better, counts_of_better.is_capped), counts_of_better)
    return Found(filters, orders.bounded(filters, counts.is_capped), counts)
