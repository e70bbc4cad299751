"""Names of measurements and formats of their numbers on the Models page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_noop

from collection import permissions
from similarity.evaluation import stored_evaluations
from similarity.evaluation.charts.lengths import number, span
from similarity.learning import work_records
from similarity.models import Evaluation
from similarity.vision.lenses import ALL

SHADES = 10
EVERY_LENS = "all"  # the lens of a measurement of several lenses at once
VIEWS = {"frames": gettext_noop("works searched for on walls"), "whole": gettext_noop("whole pictures")}


# Data sets that Kindred names itself. Other names are given by a person.
DATASETS = {"collection": gettext_noop("collection"), work_records.EVERYWHERE: work_records.EVERYWHERE}


def dataset(name: str) -> str:
    """Return the name of a data set for people."""
    return gettext(DATASETS[name]) if name in DATASETS else name


def may_see(user: permissions.User) -> bool:
    """Return whether the user curates a collection or may see everything."""
    return bool(permissions.own_collections(user)) or permissions.sees_everything(user)


def by_dataset(kind: Evaluation.Kind) -> dict[str, list[Evaluation]]:
    """Return the latest measurements of a kind, by data set."""
    found: dict[str, list[Evaluation]] = {}
    for one in stored_evaluations.latest(kind):
        found.setdefault(one.dataset, []).append(one)
    return found


def names_of(rows: Sequence[Evaluation]) -> list[str]:
    """Return lens and network of each measurement as its name.

    If the measurements differ in the views that were compared, add the views. If two names are equal, add pooling,
    weights and space.
    """
    plain = [short_name(one) for one in rows]
    views = [view(one) for one in rows]
    names = []
    for label, compared, one in zip(plain, views, rows, strict=True):
        space = gettext("space %(number)s") % {"number": one.results["space"]} if "space" in one.results else ""
        made_of = [one.pooling, one.weights_digest[:6], space] if plain.count(label) > 1 else []
        parts = [part for part in (*made_of, compared if len(set(views)) > 1 or made_of else "") if part]
        names.append(f"{label} ({', '.join(parts)})" if parts else label)
    return names


def view(one: Evaluation) -> str:
    """Return the views that were compared, or "" for a measurement that does not say."""
    text = VIEWS.get(one.results.get("views", ""), "")
    return gettext(text) if text else ""


def short_name(one: Evaluation) -> str:
    return f"{lens(one)}, {network(one)}"


def lens(one: Evaluation) -> str:
    if one.lens == EVERY_LENS:
        return gettext("All lenses")
    return gettext(ALL[one.lens].title) if one.lens in ALL else one.lens


def network(one: Evaluation) -> str:
    """Return the names of the networks, separated by spaces so that narrow labels can wrap."""
    name = one.backbone.replace("+", " + ")
    return name if one.is_trained else gettext("%(network)s untrained") % {"network": name}


def made_of(one: Evaluation) -> str:
    """Return how the vectors were computed, for example "gem, whitened-256"."""
    return ", ".join(
        part for part in (one.pooling, one.projection.partition(":")[0] or gettext("not whitened")) if part
    )


def measured(rows: Sequence[Evaluation]) -> str:
    """Return a sentence on when the measurements were made, for example "Measured 3 to 21 November 2026."."""
    times = [localtime(one.created_at) for one in rows]
    first, last = min(times), max(times)
    date = gettext("j F Y")  # Django's format of a date
    end = date_format(last, date)
    if first.date() == last.date():
        return gettext("Measured %(date)s.") % {"date": end}
    if (first.year, first.month) == (last.year, last.month):
        return gettext("Measured %(day)s to %(last)s.") % {"day": first.day, "last": end}
    return gettext("Measured %(first)s to %(last)s.") % {"first": date_format(first, date), "last": end}


def cell(value: float | None, interval: tuple[float, float] | None = None) -> "Cell":
    """Return the cell of a share 0..1, or of None if it was not measured."""
    if value is None:
        return Cell("–", "", 0)
    shade = round(SHADES * min(max(value, 0), 1))
    return Cell(number(value), span(*interval) if interval else "", shade)


@dataclass(frozen=True)
class Cell:
    value: str
    interval: str
    shade: int  # 0..10, the colour behind the number


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]
    made_of: str = ""
