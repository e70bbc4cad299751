"""Facets as a page shows them: the values to choose from, their numbers of works, and the chosen values."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext

from collection.browsing.colours import name_of
from collection.browsing.counting import FACET_LIMIT, Counts, ValueRow
from collection.browsing.facet_table import BY_NAME, FACETS, FacetField, FacetName
from collection.browsing.filters import Filters

SHOWN_FIRST = 7  # values; the others are in a closed list, such as "13 more"
SEARCHED_FROM = 10  # a facet with more values can be searched
BARS_LIMIT = 40  # most bars of a histogram
BIG_CHARS = 10
LOWEST = 4  # height of a bar in percent, so that it can be seen


@dataclass(frozen=True)
class Choice:
    facet: FacetName
    value: str
    label: str
    count: int
    filters: Filters  # of the page
    is_lower_bound: bool  # True if more works than `count` may have this value
    height: int  # height of its bar, in percent of the highest bar

    @property
    def is_chosen(self) -> bool:
        return self.value in self.filters.values(self.facet)

    @property
    def without_url(self) -> str:
        """Return the address of the same search without this choice."""
        return self.filters.without(self.facet, self.value).address()

    @property
    def toggle_url(self) -> str:
        """Return the address of the same search with this choice, or without it if it is chosen."""
        if self.is_chosen:
            return self.without_url
        values = (*self.filters.values(self.facet), self.value)
        return replace(self.filters, chosen={**self.filters.chosen, self.facet: values}).address()

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
    is_histogram: bool = False

    @property
    def can_be_searched(self) -> bool:
        return bool(self.find) or (not self.is_histogram and (self.has_more or len(self.choices) > SEARCHED_FROM))

    @property
    def is_shown(self) -> bool:
        """Return False if a choice would change nothing: all works have the same value and it is not chosen."""
        is_only_one = len(self.choices) == 1 and self.name == "picture"
        return bool(self.find or self.chosen or (self.choices and not is_only_one))

    @property
    def chosen(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.is_chosen]

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


def facets(counts: Counts, filters: Filters, finds: Mapping[FacetName, str]) -> list[Facet]:
    """Return each facet with its most frequent values under all other filters, and with its chosen values."""
    return [facet_of(field, counts, filters, finds.get(field.name, "")) for field in FACETS]


def named_by(element_id: str) -> FacetName:
    """Return the facet whose values an element of the page has, or "" for any other element."""
    return next((name for name in BY_NAME if element_id == f"{name}-values"), "")


def timeline(counts: Counts) -> Facet:
    """Return the centuries of all works as bars. Each bar links to the works of its century."""
    return facet_of(BY_NAME["century"], counts, Filters(), "")


def facet_of(field: FacetField, counts: Counts, filters: Filters, find: str) -> Facet:
    rows = rows_of(field, counts, filters.values(field.name))
    highest = max((count for _, _, count in rows), default=0)
    is_lower_bound = has_lower_bounds(counts, field.name)
    choices = [
        Choice(field.name, value, label, count, filters, is_lower_bound, height_of(count, highest))
        for value, label, count in rows
    ]
    has_more = len(counts.values.get(field.name, [])) > FACET_LIMIT
    return Facet(field.name, field.title, choices, has_more, find, field.is_histogram)


def has_lower_bounds(counts: Counts, facet: FacetName) -> bool:
    return counts.is_capped or facet in counts.sampled


def height_of(count: int, highest: int) -> int:
    return max(LOWEST, round(100 * count / highest)) if count else 0


def rows_of(field: FacetField, counts: Counts, chosen: Sequence[str]) -> list[ValueRow]:
    """Return the values that are offered with their labels and numbers of works. Chosen values are among them."""
    counted = counts.values.get(field.name, [])
    shown = [(value, field.shown_label(value, label), count) for value, label, count in counted]
    rows = sorted(shown, key=lambda row: (-row[2], row[1].lower()))
    if field.is_histogram:
        rows = sorted(rows, key=order_of)[-BARS_LIMIT:]
    else:
        rows = [row for place, row in enumerate(rows) if place < FACET_LIMIT or row[0] in chosen]
    listed = {value for value, _, _ in rows}
    rows += [(value, field.shown_label(value, value), 0) for value in chosen if value not in listed]
    if field.is_histogram:
        rows.sort(key=order_of)
    return rows


def order_of(row: ValueRow) -> int:
    """Return the sort key of a bar: its value as a number, or 0 for an invented value in an address."""
    return int(row[0]) if row[0].removeprefix("-").isdecimal() and len(row[0]) < BIG_CHARS else 0


def chips(filters: Filters, shown: Iterable[Facet]) -> list[Chip]:
    found = [Chip(gettext("“%(text)s”") % {"text": filters.q}, replace(filters, q="").address())] if filters.q else []
    for facet in shown:
        found += [Chip(choice.label, choice.without_url) for choice in facet.chosen]
    for digits in filters.colours:
        others = tuple(other for other in filters.colours if other != digits)
        found.append(Chip(name_of(digits).capitalize(), replace(filters, colours=others).address()))
    if filters.has_years:
        found.append(Chip(name_of_years(filters), replace(filters, year_from=None, year_to=None).address()))
    return found


def name_of_years(filters: Filters) -> str:
    years = {"first": filters.year_from, "last": filters.year_to}
    if filters.year_from is None:
        return gettext("to %(last)s") % years
    if filters.year_to is None:
        return gettext("from %(first)s") % years
    return gettext("from %(first)s to %(last)s") % years
