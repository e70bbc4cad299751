"""Tables of the scores of supervised looks on held-out works."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext

from similarity.learning.supervision import BY_KEY
from similarity.measures.record_fields import Field
from similarity.models import Space

PER_CENT = "\N{NO-BREAK SPACE}%"


def tables(*spaces: Space) -> list["HeldOutTable"]:
    """Return a table for each supervised space."""
    return [table(space, space.supervision) for space in spaces if space.supervision]


def table(space: Space, results: dict[str, Any]) -> "HeldOutTable":
    low, high = results["ratio_interval"]
    return HeldOutTable(
        space=space,
        measure=measure(BY_KEY[results["field"]]),
        works=results["plain"]["works"],
        rows=[row(gettext("Learned"), results["supervised"]), row(gettext("Plain"), results["plain"])],
        chance=points(results["plain"]["chance"]) + PER_CENT,
        ratio=number_format(f"{results['ratio']:.2f}"),
        ratio_interval=f"{number_format(f'{low:.2f}')}–{number_format(f'{high:.2f}')}",
    )


def measure(field: Field) -> str:
    if field.is_recall:
        return gettext("other works by the same maker among the ten nearest")  # only makers are measured by recall
    return gettext("neighbours of the same %(field)s") % {"field": gettext(field.one)}


def row(title: str, measured: dict[str, Any]) -> tuple[str, str, str]:
    low, high = measured["interval"]
    return title, points(measured["value"]) + PER_CENT, f"{points(low)}–{points(high)}{PER_CENT}"


def points(share: float) -> str:
    """Return a share 0..1 in per cent with one decimal, because two looks often differ by less than one per cent."""
    return number_format(f"{100 * share:.1f}")


@dataclass(frozen=True)
class HeldOutTable:
    space: Space
    measure: str
    works: int  # held-out works
    rows: list[tuple[str, str, str]]  # look, share, 95 % interval
    chance: str
    ratio: str  # of learned to plain
    ratio_interval: str
