"""The cases and the chart of the page that compares two spaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.cache import caches
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collection import permissions, queries
from collection.models import ArtworkImage
from similarity.evaluation.charts import bars
from similarity.evaluation.charts.bars import BarChart
from similarity.index.store import Neighbour
from similarity.models import Space
from similarity.space_pages import comparison
from similarity.space_pages.comparison import Case, Comparison, Order

PROCESS = "process"  # the cache of this process
CACHED_S = 300  # how long each web process caches the 200 searches of a comparison
CASES = 6  # shown at first, and added by each click on More
TITLES = {
    Order.SAMPLE: _("A random sample"),
    Order.DIFFER: _("Where they differ most"),
    Order.AGREE: _("Where they agree most"),
}


def order_of(word: str) -> Order:
    """Return the order of this name, or the sample for any other text."""
    return Order(word) if word in set(Order) else Order.SAMPLE


def count_of(word: str) -> int:
    """Return this number of cases; CASES if it is smaller, or no number of at most three digits."""
    return max(int(word), CASES) if word.isdecimal() and len(word) < 4 else CASES


def compared(spaces: tuple[Space, Space], user: permissions.User, vectors: Mapping[int, int]) -> Comparison:
    """Return the comparison, cached for this user while each space has the same number of `vectors` (by its id).

    Raise SpaceError if the two spaces cannot be compared.
    """
    comparison.check(*spaces)  # a space may have been retired since it was cached
    marks = [f"{space.pk}-{space.state}-{vectors[space.pk]}" for space in spaces]
    key = ":".join(["similarity.space_pages.comparison_page", *marks, str(user.pk)])
    cached: Comparison | None = caches[PROCESS].get(key)
    if cached is None:
        cached = comparison.compare(*spaces, user)
        caches[PROCESS].set(key, cached, CACHED_S)
    return cached


def cases(
    found: Comparison, spaces: tuple[Space, Space], user: permissions.User, order: Order, count: int
) -> list["Shown"]:
    """Return the first `count` cases with their pictures, by one query. Leave out works that the user may not see."""
    chosen = found.ordered(order)[:count]
    ids = {near.image_id for case in chosen for near in (*case.here, *case.there)} | {case.image_id for case in chosen}
    seen = queries.images().filter(permissions.visible_pictures(user))
    pictures = seen.select_related("artwork__collection").in_bulk(ids)
    return [shown(case, spaces, pictures) for case in chosen if case.image_id in pictures]


def shown(case: Case, spaces: tuple[Space, Space], pictures: Mapping[int, ArtworkImage]) -> "Shown":
    both = zip(spaces, (case.here, case.there), strict=True)
    sides = [Side(space, near_of(found, case.shared, pictures)) for space, found in both]
    return Shown(pictures[case.image_id], len(case.shared), case.named, sides)


def near_of(found: Sequence[Neighbour], shared: set[int], pictures: Mapping[int, ArtworkImage]) -> list["Near"]:
    there = [near for near in found if near.image_id in pictures]
    return [Near(pictures[near.image_id], near.work_id in shared) for near in there]


def chart(found: Comparison) -> BarChart:
    return bars.draw(
        gettext("%(count)s works, by the number of nearest works in common") % {"count": found.works},
        gettext("Nearest works in common"),
        found.by_shared,
    )


@dataclass(frozen=True)
class Near:
    """A near work, by its nearest picture."""

    image: ArtworkImage
    is_shared: bool  # the work is in the list of the other space too


@dataclass(frozen=True)
class Side:
    space: Space
    near: list[Near]


@dataclass(frozen=True)
class Shown:
    image: ArtworkImage
    shared: int
    named: int
    sides: list[Side]
