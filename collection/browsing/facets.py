"""Facets: the values of a field that works can be filtered by, each with its number of works."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Case, Count, F, Func, Max, Min, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce

from collection.browsing import filters as filtering
from collection.browsing.filters import FACETS, FacetName, Filters
from collection.models import UNKNOWN_MAKER, Artwork

FACET_LIMIT = 20
SHOWN_FIRST = 7  # values; the others are in a closed list, such as "13 more"
VALUES = {"collection": "collection__slug", "classification": "classification"}
LABELS = {"collection": "collection__title", "classification": "classification"}
# In PostgreSQL, WHERE cannot filter the rows of unnest in the select list, so the array is filtered first.
# %(expressions)s are the array and the pattern, with the joiner between them.
MAKERS_LIKE = "unnest(ARRAY(SELECT maker FROM unnest(%(expressions)s))"
MAKERS_JOINER = ") AS maker WHERE maker ILIKE "
TITLES: dict[FacetName, str] = {
    "collection": "Collection",
    "creator": "Artist or maker",
    "classification": "Classification",
}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_chosen: bool
    without_url: str  # the same search without this choice

    @property
    def token(self) -> str:
        """Return a stable part of an element id, so that the focus stays where it was after an update."""
        return f"{zlib.crc32(self.value.encode()):08x}"


@dataclass(frozen=True)
class Facet:
    name: FacetName
    title: str
    choices: list[Choice]
    has_more: bool = False  # whether there are values beside these
    find: str = ""  # the text that all labels contain, except those of chosen values

    @property
    def can_be_searched(self) -> bool:
        return self.has_more or bool(self.find)

    @property
    def first_choices(self) -> list[Choice]:
        return self.choices if self.find else self.choices[:SHOWN_FIRST]

    @property
    def other_choices(self) -> list[Choice]:
        return [] if self.find else self.choices[SHOWN_FIRST:]

    @property
    def shows_all(self) -> bool:
        """Return True if the list must be open, so that no chosen value is hidden."""
        return any(choice.is_chosen for choice in self.other_choices)


@dataclass(frozen=True)
class Chip:
    """One active filter, and the address of the search without it."""

    label: str
    without_url: str


@dataclass(frozen=True)
class Totals:
    count: int
    earliest_year: int | None
    latest_year: int | None
    chosen: dict[tuple[FacetName, str], int]


def totals(works: QuerySet[Artwork], filters: Filters) -> Totals:
    """Return the number of works, their range of years, and the number of works for each chosen value. One query."""
    chosen = [(facet, value) for facet in FACETS for value in filters.values(facet)]
    found = filtering.apply(works, filters).aggregate(
        count=Count("pk"),
        earliest_year=Min(Coalesce("year_start", "year_end")),
        latest_year=Max(Coalesce("year_end", "year_start")),
        **{
            f"chosen_{n}": Count("pk", filter=filtering.bears(facet, [value]))
            for n, (facet, value) in enumerate(chosen)
        },
    )
    counts = {choice: found[f"chosen_{n}"] for n, choice in enumerate(chosen)}
    return Totals(found["count"], found["earliest_year"], found["latest_year"], counts)


def facets(works: QuerySet[Artwork], filters: Filters, found: Totals, finds: Mapping[FacetName, str]) -> list[Facet]:
    """Return the most frequent values of each facet under all other filters, and always the chosen ones. One query.

    If `finds` has a text for a facet, list only values with this text in their label.
    """
    first, *others = (counted(works, filters, facet, finds.get(facet, "")) for facet in FACETS)
    rows: dict[FacetName, list[tuple[str, str, int]]] = {facet: [] for facet in FACETS}
    for name, value, label, count in first.union(*others, all=True):
        rows[name].append((value, label, count))
    return [
        Facet(
            name, TITLES[name], choices(name, rows[name][:FACET_LIMIT], filters, found),
            has_more=len(rows[name]) > FACET_LIMIT, find=finds.get(name, ""),
        )
        for name in FACETS
    ]  # fmt: skip


def counted(works: QuerySet[Artwork], filters: Filters, facet: FacetName, find: str) -> QuerySet:
    """Return rows (facet, value, label, count). A facet's own choices do not narrow it, so that others can be added."""
    others = filtering.apply(works, filters.without(facet)).order_by()
    if facet == "classification":
        others = others.exclude(classification="")
    if find and facet != "creator":  # `makers` filters them itself: one maker of a work may match and another not
        others = others.filter(**{f"{LABELS[facet]}__icontains": find})
    value, label = (makers(find),) * 2 if facet == "creator" else (F(VALUES[facet]), F(LABELS[facet]))
    rows = others.annotate(facet=Value(facet)).values("facet", value=value, label=label)
    counts = rows.annotate(count=Count("pk")).order_by("-count", "value")
    return counts.values_list("facet", "value", "label", "count")[: FACET_LIMIT + 1]


def makers(find: str) -> Func:
    """Return a row for each maker of a work, or for the unknown maker. With a text, return only those that match."""
    unknown = Value([UNKNOWN_MAKER], output_field=Artwork.creators.field)
    listed = Case(When(creators=[], then=unknown), default=F("creators"))
    if not find:
        return Func(listed, function="unnest", output_field=TextField())
    pattern = Value(f"%{connection.ops.prep_for_like_query(find)}%")
    return Func(listed, pattern, template=MAKERS_LIKE, arg_joiner=MAKERS_JOINER, output_field=TextField())


def choices(facet: FacetName, rows: Iterable[tuple[str, str, int]], filters: Filters, found: Totals) -> list[Choice]:
    labels = {value: (label, count) for value, label, count in rows}
    for value in filters.values(facet):  # a chosen value may not be among the most frequent
        labels.setdefault(value, (value, found.chosen[facet, value]))
    listed = [
        Choice(
            value, label, count,
            is_chosen=value in filters.values(facet),
            without_url=filters.without(facet, value).address(),
        )
        for value, (label, count) in labels.items()
    ]  # fmt: skip
    return sorted(listed, key=lambda choice: (-choice.count, choice.label.lower()))


def chips(filters: Filters, shown: Iterable[Facet]) -> list[Chip]:
    found = [Chip(f"“{filters.q}”", replace(filters, q="").address())] if filters.q else []
    for facet in shown:
        found += [Chip(choice.label, choice.without_url) for choice in facet.choices if choice.is_chosen]
    if filters.has_years:
        start = "" if filters.year_from is None else f"from {filters.year_from}"
        end = "" if filters.year_to is None else f"to {filters.year_to}"
        found.append(Chip(f"{start} {end}".strip(), replace(filters, year_from=None, year_to=None).address()))
    return found
