"""How measurements and their numbers are called on the Models page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime

from collection import permissions
from similarity.charts.lengths import number, span
from similarity.evaluation import records
from similarity.models import Evaluation
from similarity.vision.lenses import ALL

SHADES = 10
EVERY_LENS = "all"  # of a measurement of several at once
VIEWS = {"frames": "works looked for", "whole": "whole pictures"}


def may_see(user: permissions.User) -> bool:
    """Those who look after a collection, and those who see everything."""
    return bool(permissions.own_collections(user)) or permissions.sees_everything(user)


def by_dataset(kind: Evaluation.Kind) -> dict[str, list[Evaluation]]:
    """The latest measurements of a kind."""
    found: dict[str, list[Evaluation]] = {}
    for one in records.latest(kind):
        found.setdefault(one.dataset, []).append(one)
    return found


def name(rows: Sequence[Evaluation]) -> list[str]:
    """Lens and network of each; how each looked, where they looked in different ways; and whatever else it takes to
    tell those apart that would be called the same."""
    plain = [named(one) for one in rows]
    looked = [VIEWS.get(one.results.get("views", ""), "") for one in rows]
    told = []
    for label, view, one in zip(plain, looked, rows, strict=True):
        space = f"space {one.results['space']}" if "space" in one.results else ""
        made_of = [one.pooling, one.weights_digest[:6], space] if plain.count(label) > 1 else []
        parts = [part for part in (*made_of, view if len(set(looked)) > 1 or made_of else "") if part]
        told.append(f"{label} ({', '.join(parts)})" if parts else label)
    return told


def named(one: Evaluation) -> str:
    return f"{lens(one)}, {network(one)}"


def lens(one: Evaluation) -> str:
    if one.lens == EVERY_LENS:
        return "All lenses"
    return ALL[one.lens].title if one.lens in ALL else one.lens


def network(one: Evaluation) -> str:
    """With spaces between the names of several networks, so that a narrow label breaks there."""
    name = one.backbone.replace("+", " + ")
    return name if one.is_trained else f"{name} untrained"


def made_of(one: Evaluation) -> str:
    """How its vectors were made: gem, whitened-256."""
    return ", ".join(part for part in (one.pooling, one.projection.partition(":")[0] or "not whitened") if part)


def measured(rows: Sequence[Evaluation]) -> str:
    """Measured 3 to 21 November 2026: from the oldest to the newest that is shown."""
    times = [localtime(one.created_at) for one in rows]
    first, last = min(times), max(times)
    told = date_format(last, "j F Y")
    if first.date() == last.date():
        return f"Measured {told}."
    is_near = (first.year, first.month) == (last.year, last.month)
    return f"Measured {date_format(first, 'j' if is_near else 'j F Y')} to {told}."


def cell(value: float | None, interval: tuple[float, float] | None = None) -> "Cell":
    """A share of 0..1, or nothing where it was not measured."""
    if value is None:
        return Cell("–", "", 0)
    shade = round(SHADES * min(max(value, 0), 1))
    return Cell(number(value), span(*interval) if interval else "", shade)


@dataclass(frozen=True)
class Cell:
    value: str
    interval: str
    shade: int  # 0..10; the number itself stands in the cell


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]
    made_of: str = ""
