"""The filters of a search, as a database query and as the query string of an address."""

from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from collection.browsing.colours import has_colours
from collection.browsing.facet_table import FACETS, FacetName, stated_rights
from collection.browsing.text import query_text, text_search
from collection.models import Artwork


@dataclass(frozen=True)
class Filters:
    """The filters of one search. None means all works. Values of one facet are joined by OR, facets by AND."""

    q: str = ""
    chosen: dict[FacetName, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    colours: tuple[str, ...] = ()  # six hex digits each; all of them must occur
    tolerance: str = ""  # of collection.imaging.palette.colour_cells.TOLERANCES; "" for the default
    order: str = ""
    is_verbatim: bool = False  # True if typing errors are not corrected
    has_maker: bool = False  # True for only works whose maker is known
    kept: tuple[int, ...] = ()  # works that a record with the accession number `q` was merged into

    def __bool__(self) -> bool:
        return bool(self.q or any(self.chosen.values()) or self.has_years or self.colours or self.has_maker)

    @property
    def has_years(self) -> bool:
        return self.year_from is not None or self.year_to is not None

    def values(self, facet: FacetName) -> tuple[str, ...]:
        return self.chosen.get(facet, ())

    def without(self, facet: FacetName, value: str | None = None) -> Self:
        """Return these filters without one value of a facet. Without a value: without the whole facet."""
        kept = () if value is None else tuple(v for v in self.values(facet) if v != value)
        return replace(self, chosen={**self.chosen, facet: kept})

    def address(self, after: int | None = None, pages: int = 1) -> str:
        """Return the query string of an address, such as "?q=sea&creator=...", with only the fields that are set."""
        pairs = [("q", self.q), ("verbatim", "1" if self.q and self.is_verbatim else "")]
        pairs += [(facet.name, value) for facet in FACETS for value in self.values(facet.name)]
        pairs += [("maker", "known" if self.has_maker else "")]
        pairs += [("colour", colour) for colour in self.colours]
        pairs += [("tolerance", self.tolerance if self.colours else "")]
        pairs += [("from", show(self.year_from)), ("to", show(self.year_to)), ("order", self.order)]
        pairs += [("after", show(after)), ("pages", show(pages if pages > 1 else None))]
        query = urlencode([(name, value) for name, value in pairs if value])
        return f"?{query}" if query else ""


def show(number: int | None) -> str:
    return "" if number is None else str(number)


def apply(works: QuerySet[Artwork], filters: Filters) -> QuerySet[Artwork]:
    works = works.alias(
        earliest=Coalesce("year_start", "year_end"),
        latest=Coalesce("year_end", "year_start"),
        stated_rights=stated_rights(),
    )
    for facet in FACETS:
        if values := filters.values(facet.name):
            works = works.filter(facet.bears(values))
    if filters.has_maker:
        works = works.exclude(creators=[])
    if filters.has_years:
        works = works.filter(within_years(filters))
    if filters.colours:
        works = works.filter(has_colours(filters.colours, filters.tolerance))
    if filters.q:
        works = works.filter(text_search.found_by(query_text.parse(filters.q), filters.kept))
    return works


def within_years(filters: Filters) -> Q:
    """Return works whose years overlap the range. Works without any year are left out."""
    touching = Q()
    if filters.year_from is not None:
        touching &= Q(latest__gte=filters.year_from)
    if filters.year_to is not None:
        touching &= Q(earliest__lte=filters.year_to)
    return touching
