"""The counts beside the filters: what each further choice would find."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, F, Func, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from collection.browsing import filters as filtering
from collection.browsing.filters import FACETS, FacetName, Filters
from collection.models import Artwork

FACET_LIMIT = 20
SHOWN_FIRST = 7  # the others wait behind "13 more"
TITLES: dict[FacetName, str] = {
    "collection": "Collection",
    "creator": "Artist or maker",
    "classification": "Classification",
}
IS_CHOSEN = {"collection": "collection__slug", "creator": "creators__contains", "classification": "classification"}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_chosen: bool
    without_url: str  # the same search without this choice

    @property
    def token(self) -> str:
        """For an element id that stays from one answer to the next, so that the focus stays where it was."""
        return f"{zlib.crc32(self.value.encode()):08x}"


@dataclass(frozen=True)
class Facet:
    name: FacetName
    title: str
    choices: list[Choice]

    @property
    def first_choices(self) -> list[Choice]:
        return self.choices[:SHOWN_FIRST]

    @property
    def other_choices(self) -> list[Choice]:
        return self.choices[SHOWN_FIRST:]

    @property
    def shows_all(self) -> bool:
        """A chosen value is never hidden."""
        return any(choice.is_chosen for choice in self.other_choices)


@dataclass(frozen=True)
class Chip:
    """One thing that narrows the search, and the address of the search without it."""

    label: str
    without_url: str


@dataclass(frozen=True)
class Totals:
    count: int
    earliest_year: int | None
    latest_year: int | None
    chosen: dict[tuple[FacetName, str], int]


def totals(works: QuerySet[Artwork], filters: Filters) -> Totals:
    """How many works there are, their years, and how many bear each chosen value: one query."""
    chosen = [(facet, value) for facet in FACETS for value in filters.values(facet)]
    found = filtering.apply(works, filters).aggregate(
        count=Count("pk"),
        earliest_year=Min(Coalesce("year_start", "year_end")),
        latest_year=Max(Coalesce("year_end", "year_start")),
        **{f"chosen_{n}": Count("pk", filter=bears(*choice)) for n, choice in enumerate(chosen)},
    )
    counts = {choice: found[f"chosen_{n}"] for n, choice in enumerate(chosen)}
    return Totals(found["count"], found["earliest_year"], found["latest_year"], counts)


def bears(facet: FacetName, value: str) -> Q:
    return Q(**{IS_CHOSEN[facet]: [value] if facet == "creator" else value})


def facets(works: QuerySet[Artwork], filters: Filters, found: Totals) -> list[Facet]:
    """The most frequent values of each facet under all other filters, and always the chosen ones: one query."""
    first, *others = (counted(works, filters, facet) for facet in FACETS)
    rows: dict[FacetName, list[tuple[str, str, int]]] = {facet: [] for facet in FACETS}
    for name, value, label, count in first.union(*others, all=True):
        rows[name].append((value, label, count))
    return [Facet(name, TITLES[name], choices(name, rows[name], filters, found)) for name in FACETS]


def counted(works: QuerySet[Artwork], filters: Filters, facet: FacetName) -> QuerySet:
    """Rows (facet, value, label, count). A facet's own choices do not narrow it: they can be widened."""
    values = {
        "collection": (F("collection__slug"), F("collection__title")),
        "creator": (Func(F("creators"), function="unnest"),) * 2,
        "classification": (F("classification"), F("classification")),
    }
    value, label = values[facet]
    others = filtering.apply(works, filters.without(facet)).order_by()
    if facet == "classification":
        others = others.exclude(classification="")
    rows = others.annotate(facet=Value(facet)).values("facet", value=value, label=label)
    counts = rows.annotate(count=Count("pk"))
    return counts.order_by("-count", "value").values_list("facet", "value", "label", "count")[:FACET_LIMIT]


def choices(facet: FacetName, rows: Iterable[tuple[str, str, int]], filters: Filters, found: Totals) -> list[Choice]:
    labels = {value: (label, count) for value, label, count in rows}
    for value in filters.values(facet):  # chosen, but not among the most frequent
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
