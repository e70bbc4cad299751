"""Report how often neighbours have the same class, maker, culture or department in the museum's own records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext, gettext_noop

from similarity.evaluation.charts import intervals
from similarity.evaluation.charts.rows import RowChart
from similarity.evaluation.reports import labels, leaders
from similarity.evaluation.reports.labels import Cell, Row
from similarity.evaluation.reports.leaders import Lead, Share
from similarity.evaluation.reports.space_scores import percent
from similarity.measures.record_fields import FIELDS, Field
from similarity.models import Evaluation, Space, SpaceState

TITLES = {
    "classification": gettext_noop("Same class"),
    "maker": gettext_noop("Same maker"),
    "culture": gettext_noop("Same culture"),
    "department": gettext_noop("Same department"),
}
PRECISION = gettext_noop(
    "The share of the ten works nearest to a work that have the same %(field)s, averaged over all works that have a"
    " %(field)s."
)
RECALL = gettext_noop(  # only makers are measured by recall
    "The share of the other works by a work's maker that are among the ten works nearest to it. If a maker has more"
    " than ten other works, ten of them count as all. Unknown makers and makers of one work are left out."
)
# The page adds the interval of the share in brackets, so these texts have no other number.
BEST_PRECISION = gettext_noop("shows works of the same %(field)s in %(share)s of the ten nearest places")
BEST_RECALL = gettext_noop("shows %(share)s of the other works by the same maker among the ten nearest")
NOT_MEASURED = gettext_noop("It has not been measured.")

Measured = Sequence[tuple[str, dict[str, Any]]]  # names of measurements, with the results of one field


def boards() -> list["Board"]:
    """Return one board for each data set."""
    return [board(dataset, rows) for dataset, rows in by_dataset().items()]


def by_dataset() -> dict[str, list[Evaluation]]:
    """Return the latest measurements, without those of spaces that are retired or deleted."""
    spaces = set(Space.objects.exclude(state=SpaceState.RETIRED).values_list("pk", flat=True))
    every = labels.by_dataset(Evaluation.Kind.LIKENESS)
    current = {dataset: [one for one in rows if is_current(one, spaces)] for dataset, rows in every.items()}
    return {dataset: rows for dataset, rows in current.items() if rows}


def is_current(one: Evaluation, spaces: set[int]) -> bool:
    """Return whether the measured space still exists. A measurement without a space always counts."""
    return one.results.get("space") is None or one.results["space"] in spaces


def board(dataset: str, rows: Sequence[Evaluation]) -> "Board":
    labelled = list(zip(labels.names_of(rows), rows, strict=True))
    by_field = {field: [(label, measure(one, field)) for label, one in labelled] for field in FIELDS}
    return Board(
        dataset=labels.dataset(dataset),
        measured=labels.measured(rows),
        head=[title(field) for field in FIELDS],
        rows=[
            Row(label, [cell(measure(one, field)) for field in FIELDS], labels.made_of(one)) for label, one in labelled
        ],
        parts=[part(field, found) for field, found in by_field.items() if shares(found)],
        omitted=[omission(field, found) for field, found in by_field.items() if not shares(found)],
    )


def measure(one: Evaluation, field: Field) -> dict[str, Any]:
    found: dict[str, Any] = one.results["measures"].get(field.key, {"omitted": NOT_MEASURED})
    return found


def title(field: Field) -> str:
    return gettext(TITLES[field.key])


def cell(found: dict[str, Any]) -> Cell:
    return labels.cell(found.get("value"), found.get("interval"))


def shares(found: Measured) -> list[Share]:
    return [
        Share(label, one["value"], one["interval"], one["works"], one["data"])
        for label, one in found
        if "omitted" not in one
    ]


def part(field: Field, found: Measured) -> "Part":
    """Return the part of a field with at least one measurement. The chart shows those comparable with the best."""
    comparable = leaders.on_one_data(shares(found))
    lead = leaders.lead(shares(found))
    assert lead is not None  # the field has shares
    best = dict(found)[lead.best]
    names = {"field": gettext(field.one), "share": lead.share}
    meaning = gettext(RECALL if field.is_recall else PRECISION) % names
    chance = gettext("Chance alone would reach %(share)s.") % {"share": percent(best["chance"])}
    words = gettext(BEST_RECALL if field.is_recall else BEST_PRECISION)
    return Part(
        title=title(field),
        meaning=f"{meaning} {chance}",
        lead=lead,
        finding=words % names,
        unit=unit(field, best),
        chart=intervals.draw(title(field), comparable, (gettext("Chance"), best["chance"])),
    )


def unit(field: Field, measured: Mapping[str, Any]) -> str:
    """Return what the numbers of a chart are."""
    return gettext("Share from 0 to 1, on %(works)s works and %(count)s %(fields)s; dashed line: chance") % {
        "works": intcomma(measured["works"]),
        "count": intcomma(measured["labels"]),
        "fields": gettext(field.many),
    }


def omission(field: Field, found: Measured) -> tuple[str, str]:
    """Return the title of a measure, and the reason why it is missing. Stored reasons with numbers are English."""
    return title(field), gettext(found[0][1]["omitted"])


@dataclass(frozen=True)
class Part:
    """One measure: its meaning, the best measurement, and the chart of the measurements that can be compared."""

    title: str
    meaning: str
    lead: Lead
    finding: str
    unit: str
    chart: RowChart


@dataclass(frozen=True)
class Board:
    dataset: str
    measured: str
    head: list[str]
    rows: list[Row]
    parts: list[Part]
    omitted: list[tuple[str, str]]  # measures with the reason why each is missing
