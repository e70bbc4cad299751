"""How surely altered copies are told from other pictures: alteration by lens and network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from similarity.charts import curves, intervals
from similarity.charts.curves import CurveChart, Series
from similarity.charts.intervals import Reading
from similarity.charts.lengths import number, span
from similarity.charts.rows import RowChart
from similarity.evaluation.copies import WEIGHTS
from similarity.models import Evaluation
from similarity.scoreboards import labels
from similarity.scoreboards.labels import Cell, Row
from similarity.vision.alterations import ALTERATIONS

MEASURES = {"recall": "Recall at 99.9 % precision", "micro_ap": "Micro-AP"}

Named = Sequence[tuple[str, Evaluation]]


def boards() -> list["Board"]:
    """One a data set."""
    return [board(dataset, rows) for dataset, rows in labels.by_dataset(Evaluation.Kind.COPIES).items()]


def board(dataset: str, rows: Sequence[Evaluation]) -> "Board":
    named = list(zip(labels.name(rows), rows, strict=True))
    heard = [(label, one) for label, one in named if "suggested" in one.results]
    found = dict.fromkeys(name for one in rows for name in one.results["alterations"])
    alterations = sorted(found, key=[*ALTERATIONS, *found].index)  # JSON kept in a database has an order of its own
    return Board(
        dataset=dataset,
        pictures=max(one.results["pictures"] for one in rows),
        background=max(one.results["background"] for one in rows),
        measured_at=max(one.created_at for one in rows),
        head=[label for label, _ in named],
        queue_head=[label for label, _ in heard],
        rows=[Row(name, across(name, named, heard)) for name in alterations],
        summary=[(Row(label, totals(one), labels.made_of(one)), one.results["pictures"]) for label, one in named],
        weights=[f"{weight:g}" for weight in WEIGHTS],
        alarms=[alarm(label, one) for label, one in heard],
        shares=[shares(title, measure, named) for measure, title in MEASURES.items()],
        chart=chart(named),
    )


def across(alteration: str, named: Named, heard: Named) -> list[Cell]:
    """Recall by each lens and network, then what the review queue would suggest."""
    scored = [one.results["alterations"].get(alteration, {}) for _, one in named]
    suggested = [one.results["suggested"].get(alteration, {}).get("any") for _, one in heard]
    return [cell(each, "recall") for each in scored] + [labels.cell(value) for value in suggested]


def totals(one: Evaluation) -> list[Cell]:
    """Recall and micro-AP over all alterations, as they are and with the background taken off."""
    results = one.results
    weighed, spread = results["micro_ap_normalised"], results.get("micro_ap_normalised_interval", {})
    by_weight = [labels.cell(weighed.get(str(weight)), spread.get(str(weight))) for weight in WEIGHTS]
    return [cell(results, measure) for measure in ("recall", "recall_normalised", "micro_ap")] + by_weight


def cell(scores: Mapping[str, Any], measure: str) -> Cell:
    """Measurements of earlier times have no intervals."""
    return labels.cell(scores.get(measure), scores.get(f"{measure}_interval"))


def alarm(label: str, one: Evaluation) -> "Alarm":
    heard, copies = one.results["suggested_overall"], one.results["pictures"] * len(one.results["alterations"])
    return Alarm(
        label,
        copies,
        number(heard["duplicate"]),
        number(heard["any"]),
        heard["false_duplicates"],
        heard["false_similar"],
    )


def chart(named: Named) -> CurveChart:
    return curves.draw(
        "Precision and recall over all alterations",
        [Series(label, one.results["curve"], in_words(one.results)) for label, one in named],
    )


def in_words(results: Mapping[str, Any]) -> str:
    interval = results.get("recall_interval")
    told = f"recall {number(results['recall'])} at 99.9 % precision"
    return f"{told}, 95 % interval {span(*interval)}" if interval else told


def shares(title: str, measure: str, named: Named) -> RowChart:
    readings = [Reading(label, one.results[measure], one.results.get(f"{measure}_interval")) for label, one in named]
    return intervals.draw(title, readings)


@dataclass(frozen=True)
class Alarm:
    """What the review queue would suggest of so many copies, rightly (shares) and wrongly (pairs)."""

    label: str
    copies: int
    duplicate: str
    any: str
    false_duplicates: int
    false_similar: int


@dataclass(frozen=True)
class Board:
    dataset: str
    pictures: int
    background: int
    measured_at: datetime
    head: list[str]
    queue_head: list[str]
    rows: list[Row]
    summary: list[tuple[Row, int]]  # with the pictures that were altered
    weights: list[str]
    alarms: list[Alarm]
    shares: list[RowChart]
    chart: CurveChart
