"""What the page that sets two spaces side by side shows of a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass

from collection import queries
from collection.models import ArtworkImage
from similarity import kin
from similarity.charts import bars
from similarity.charts.bars import BarChart
from similarity.comparison import Case, Comparison, Order
from similarity.index import Neighbour
from similarity.kin import Kin
from similarity.models import Space

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


def cases(found: Comparison, spaces: tuple[Space, Space], order: Order, count: int) -> list["Shown"]:
    """The first of so many; a work that is gone meanwhile is left out."""
    chosen = found.ordered(order)[:count]
    pictures = queries.images().select_related("artwork__collection").in_bulk([case.image_id for case in chosen])
    return [shown(pictures[case.image_id], case, spaces) for case in chosen if case.image_id in pictures]


def shown(image: ArtworkImage, case: Case, spaces: tuple[Space, Space]) -> "Shown":
    sides = [side(space, found, case.shared) for space, found in zip(spaces, (case.here, case.there), strict=True)]
    return Shown(image, len(case.shared), case.named, sides)


def side(space: Space, found: Sequence[Neighbour], shared: set[int]) -> "Side":
    return Side(space, [(one, one.work.pk in shared) for one in kin.with_works(space, found)])


def chart(found: Comparison) -> BarChart:
    return bars.draw(
        f"{found.works} works, by how many of their nearest both spaces name",
        "Nearest works in common",
        found.by_shared,
    )


@dataclass(frozen=True)
class Side:
    space: Space
    kin: list[tuple[Kin, bool]]  # with whether the other space names it too


@dataclass(frozen=True)
class Shown:
    image: ArtworkImage
    shared: int
    named: int
    sides: list[Side]
