"""Keyset pagination: a page continues after a given work, which is as fast at the end of a list as at its start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Subquery

from collection import queries
from collection.browsing import filters as filtering
from collection.browsing import orders
from collection.browsing.filters import Filters
from collection.browsing.orders import Key
from collection.browsing.text import highlighting
from collection.models import Artwork

PAGE_SIZE = 24
PAGES_LIMIT = 20  # in one answer; beyond them the address begins at the last page instead of the first


@dataclass(frozen=True)
class Page:
    works: list[Artwork]
    next_after: int | None  # primary key of the last work of this page, if more follow
    more_url: str


def page(visible: QuerySet[Artwork], filters: Filters, after: int | None = None, pages: int = 1) -> Page:
    """Return one page or several of the works that follow `after`, or the first page if none follow.

    The work `after` may have been deleted.
    """
    size = PAGE_SIZE * pages
    by = orders.keys(filters)
    found = orders.ordered(filtering.apply(visible, filters), by)
    following = found if after is None else found.filter(orders.beyond(by, key_values(visible, by, after)))
    following = queries.with_lead_image(following).defer("description", "search")
    works = list((highlighting.with_beginnings(following) if filters.q else following)[: size + 1])
    if after is not None and not works:
        return page(visible, filters)
    has_more = len(works) > size
    works = works[:size]
    next_after = works[-1].pk if has_more else None
    return Page(works, next_after, filters.address(next_after) if has_more else "")


def continued(filters: Filters, start: int | None, pages: int, after: int | None) -> str:
    """Return the address of a list that began after the work `start` and is continued after the work `after`."""
    return filters.address(start, pages + 1) if pages < PAGES_LIMIT else filters.address(after)


def key_values(visible: QuerySet[Artwork], by: Sequence[Key], pk: int) -> list[Any]:
    """Return the sort values of a work as subqueries. They are NULL if the work is not visible."""
    this = orders.annotated(visible, by).order_by().filter(pk=pk)
    return [pk if key is orders.PK else Subquery(this.values(key.name)) for key in by]
