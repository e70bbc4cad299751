"""Run one search: count the works, correct typing errors, and state what was changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from collection.browsing import counting, kept_counts, orders
from collection.browsing.counting import Counts
from collection.browsing.facet_table import FacetName
from collection.browsing.filters import Filters
from collection.browsing.text import corrections, query_text
from collection.browsing.text.query_text import TextQuery
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
    works: QuerySet[Artwork], filters: Filters, finds: Mapping[FacetName, str], *, are_public: bool = False
) -> Found:
    """Count the works that match. If none match, correct the typing errors of the text unless the address forbids it.

    are_public: True if these are the works that everybody may see.
    """
    is_usual = are_public and not filters.q and not any(finds.values())
    counts = kept_counts.count(works, filters) if is_usual else counting.count(works, filters, finds)
    query = query_text.parse(filters.q)
    shown = filters
    if query and not counts.works and not filters.is_verbatim and (text := corrections.corrected(works, query)):
        better = replace(filters, q=text)
        if (corrected := counting.count(works, better, finds)).works:
            shown, counts = better, corrected
    return Found(filters, orders.bounded(shown, is_large=is_large(counts)), counts, note_about(filters.q, query))


def is_large(counts: Counts) -> bool:
    return counts.works > orders.RANKED_LIMIT


def note_about(text: str, query: TextQuery) -> str:
    if text and not query:
        return "This text has no letter or digit to search for."
    return f"Only the first {query_text.WORDS_LIMIT} words were searched for." if query.has_more_words else ""
