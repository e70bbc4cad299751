"""The works of a group in pages, the most typical first. A page continues after a given work (keyset pagination)."""

from django.db.models import Q

from collection import queries
from collection.browsing.filters import Filters
from collection.browsing.paging import PAGE_SIZE, Page
from collection.permissions import User
from similarity.groups.clusters import shown_groups
from similarity.models import Group


def page(group: Group, user: User, after: int | None = None, pages: int = 1, *, size: int = PAGE_SIZE) -> Page:
    """Return the works that follow `after`, or the first ones if none follow or `after` is not in the group."""
    placed = shown_groups.placed(group, user)
    last = placed.filter(work=after).values_list(shown_groups.rank(), flat=True).first() if after is not None else None
    if last is not None:
        ranked = placed.annotate(rank=shown_groups.rank())
        placed = ranked.filter(Q(rank__lt=last) | Q(rank=last, work__gt=after))
    count = size * pages
    ids = list(placed.values_list("work", flat=True)[: count + 1])
    if last is not None and not ids:
        return page(group, user, size=size)
    next_after = ids[count - 1] if len(ids) > count else None
    works = queries.in_order(user, ids[:count])
    return Page(works, next_after, Filters().address(next_after) if next_after else "")
