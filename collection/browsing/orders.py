"""Orders of works for keyset pagination: each is a list of sort keys that ends with the primary key."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from collection.browsing.filters import Filters
from collection.browsing.text import query_text, text_search
from collection.models import Artwork

RANKED_LIMIT = 5_000  # most works that are ranked; ranking more would take too long
UNDATED = 2**31 - 1  # after every year that a column can hold


class Order(models.TextChoices):
    BEST = "best", _("Best match")
    NEWEST = "newest", _("Newest first")
    OLDEST = "oldest", _("Oldest date first")
    TITLE = "title", _("Title")


class Key(NamedTuple):
    """One sort key. It is never NULL, so that rows can always be compared with it."""

    name: str
    expression: Any  # an expression for annotate(), or None for a column of the work
    is_descending: bool = False


PK = Key("pk", None, is_descending=True)


class Option(NamedTuple):
    """One entry in the list of orders."""

    value: str  # empty for the default order, which depends on the search
    label: str
    is_chosen: bool


def usual(filters: Filters) -> Order:
    return Order.BEST if filters.q else Order.NEWEST


def chosen(filters: Filters) -> Order:
    """Return the requested order. Default: best match for a text search, newest first otherwise."""
    is_known = filters.order in Order.values and (filters.q or filters.order != Order.BEST)
    return Order(filters.order) if is_known else usual(filters)


def bounded(filters: Filters, *, is_large: bool) -> Filters:
    """Return the filters with the newest works first, if too many match to be ranked."""
    return replace(filters, order=Order.NEWEST) if is_large and chosen(filters) == Order.BEST else filters


def options(filters: Filters, *, is_ranked: bool) -> list[Option]:
    """Return the available orders. "Best match" needs a text that matches at most RANKED_LIMIT works."""
    possible = [order for order in Order if is_ranked or order != Order.BEST]
    return [
        Option(
            "" if order == (usual(filters) if is_ranked else Order.NEWEST) else order.value,
            str(order.label),
            order == chosen(filters),
        )
        for order in possible
    ]


def keys(filters: Filters) -> Sequence[Key]:
    match chosen(filters):
        case Order.BEST:
            return Key("rank", rank(filters), is_descending=True), PK
        case Order.OLDEST:
            return Key("dated", Coalesce("year_start", "year_end", Value(UNDATED))), PK
        case Order.TITLE:
            is_untitled = Case(When(title="", then=Value(1)), default=Value(0))
            return Key("is_untitled", is_untitled), Key("lower_title", Lower("title")), PK
        case _:
            return (PK,)


def rank(filters: Filters) -> Any:
    query = query_text.parse(filters.q)
    return text_search.rank(query, filters.kept) if query else Value(0.0)


def annotated(works: QuerySet[Artwork], by: Sequence[Key]) -> QuerySet[Artwork]:
    return works.annotate(**{key.name: key.expression for key in by if key.expression is not None})


def ordered(works: QuerySet[Artwork], by: Sequence[Key]) -> QuerySet[Artwork]:
    return annotated(works, by).order_by(*("-" * key.is_descending + key.name for key in by))


def beyond(by: Sequence[Key], values: Sequence[Any]) -> Q:
    """Return works that sort after these values: (a, b) > (x, y) means a > x, or a = x and b > y."""
    key, value = by[0], values[0]
    further = Q(**{f"{key.name}__{'lt' if key.is_descending else 'gt'}": value})
    if len(by) == 1:
        return further
    return further | (Q(**{key.name: value}) & beyond(by[1:], values[1:]))
