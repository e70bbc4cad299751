"""Report how often neighbours have the same class, maker, culture or department in the museum's own records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from similarity.evaluation.charts import intervals
from similarity.evaluation.charts.rows import RowChart
from similarity.evaluation.reports import labels, leaders
from similarity.evaluation.reports.labels import Cell, Row
from similarity.evaluation.reports.leaders import Lead, Share
from similarity.evaluation.reports.space_scores import percent
from similarity.measures.record_fields import FIELDS, Field
from similarity.models import Evaluation, Space, SpaceState

PRECISION = (
    "The share of the ten works nearest to a work that have the same {0}, averaged over all works that have a {0}."
)
RECALL = (
    "The share of the other works by a work's {0} that are among the ten works nearest to it. If a {0} has more than"
    " ten other works, ten of them count as all. Unknown {1} and {1} of one work are left out."
)
CHANCE = "Chance alone would reach {}."
# The page adds the interval of the share in brackets, so these texts have no other number.
BEST_PRECISION = "shows works of the same {} in {} of the ten nearest places"
BEST_RECALL = "shows {1} of the other works by the same {0} among the ten nearest"

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
        dataset=dataset,
        measured=labels.measured(rows),
        head=[title(field) for field in FIELDS],
        rows=[
            Row(label, [cell(measure(one, field)) for field in FIELDS], labels.made_of(one)) for label, one in labelled
        ],
        parts=[part(field, found) for field, found in by_field.items() if shares(found)],
        omitted=[omission(field, found) for field, found in by_field.items() if not shares(found)],
    )


def measure(one: Evaluation, field: Field) -> dict[str, Any]:
    found: dict[str, Any] = one.results["measures"].get(field.key, {"omitted": "It has not been measured."})
    return found


def title(field: Field) -> str:
    return f"Same {field.one}"


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
    meaning = (RECALL if field.is_recall else PRECISION).format(field.one, field.many)
    words = BEST_RECALL if field.is_recall else BEST_PRECISION
    return Part(
        title=title(field),
        meaning=f"{meaning} {CHANCE.format(percent(best['chance']))}",
        lead=lead,
        finding=words.format(field.one, lead.share),
        unit=f"Share from 0 to 1, on {best['works']:,} works and {best['labels']:,} {field.many}; dashed line: chance",
        chart=intervals.draw(title(field), comparable, ("Chance", best["chance"])),
    )


def omission(field: Field, found: Measured) -> tuple[str, str]:
    """Return the title of a measure, and the reason why it is missing."""
    return title(field), found[0][1]["omitted"]


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
