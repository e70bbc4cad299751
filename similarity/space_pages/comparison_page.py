"""What the page that sets two spaces side by side shows of a comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.cache import cache

from collection import permissions, queries
from collection.models import ArtworkImage
from similarity.evaluation.charts import bars
from similarity.evaluation.charts.bars import BarChart
from similarity.index.store import Neighbour
from similarity.models import Space
from similarity.space_pages import comparison
from similarity.space_pages.comparison import Case, Comparison, Order

HELD_S = 300  # how long each web process holds two hundred searches, while a person leafs through what they found
CASES = 6  # at first, and as many more each time they are asked for
TITLES = {
    Order.SAMPLE: "A random sample",
    Order.DIFFER: "Where they differ most",
    Order.AGREE: "Where they agree most",
}


def asked_order(word: str) -> Order:
    """The sample, unless it is clear what else is wanted."""
    return Order(word) if word in set(Order) else Order.SAMPLE


def asked_count(word: str) -> int:
    return max(int(word), CASES) if word.isdecimal() and len(word) < 4 else CASES


def compared(spaces: tuple[Space, Space], user: permissions.User, vectors: Mapping[int, int]) -> Comparison:
    """As it was at most HELD_S ago, for the same person while there were as many vectors. Raises SpaceError."""
    comparison.refuse(*spaces)  # a space may have been retired since
    marks = [f"{space.pk}-{space.state}-{vectors[space.pk]}" for space in spaces]
    key = ":".join(["similarity.space_pages.comparison_page", *marks, str(user.pk)])
    held: Comparison | None = cache.get(key)
    if held is None:
        held = comparison.compare(*spaces, user)
        cache.set(key, held, HELD_S)
    return held


def cases(
    found: Comparison, spaces: tuple[Space, Space], user: permissions.User, order: Order, count: int
) -> list["Shown"]:
    """The first of so many, by one query; without what is gone or hidden from this person meanwhile."""
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
        f"{found.works} works, by the number of nearest works in common",
        "Nearest works in common",
        found.by_shared,
    )


@dataclass(frozen=True)
class Near:
    """A work by its picture that is nearest."""

    image: ArtworkImage
    is_shared: bool  # the other space names the work too


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
