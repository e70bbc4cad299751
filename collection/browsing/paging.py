"""Pages that continue after a given work (keyset pagination): as quick at the end as at the start, and stable."""

from dataclasses import dataclass

from django.db.models import QuerySet

from collection import queries
from collection.browsing import filters as filtering
from collection.browsing import orders
from collection.browsing.filters import Filters
from collection.models import Artwork

PAGE_SIZE = 24


@dataclass(frozen=True)
class Page:
    works: list[Artwork]
    next_after: int | None  # primary key of the last work here, if more follow
    more_url: str


def page(visible: QuerySet[Artwork], filters: Filters, after: int | None = None) -> Page:
    """The works that follow `after`; from the start where that work is gone, hidden or none."""
    by = orders.keys(filters)
    found = orders.ordered(filtering.apply(visible, filters), by)
    if after is not None and (last := orders.annotated(visible, by).filter(pk=after)):
        values = last.values_list(*(key.name for key in by)).first()
        found = found.filter(orders.beyond(by, values)) if values else found
    works = list(queries.with_lead_image(found)[: PAGE_SIZE + 1])
    has_more = len(works) > PAGE_SIZE
    works = works[:PAGE_SIZE]
    next_after = works[-1].pk if has_more else None
    return Page(works, next_after, filters.address(next_after) if has_more else "")
