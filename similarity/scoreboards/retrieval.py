"""How high the right works rank: lens by network by set of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from similarity.charts import intervals
from similarity.charts.intervals import Reading
from similarity.charts.rows import RowChart
from similarity.models import Evaluation
from similarity.scoreboards import labels
from similarity.scoreboards.labels import Cell, Row

MEASURES = {"p_at_1": "First answer right", "recall_at_5": "Found in the first five", "mean_ap": "Average precision"}
SHORT = {"p_at_1": "P@1", "recall_at_5": "Recall@5", "mean_ap": "mAP"}

Scores = Mapping[str, Any] | None


def boards(measure: str) -> list["Board"]:
    """One a data set, its sets of queries by the measure that was asked for."""
    kind = Evaluation.Kind.RETRIEVAL
    return [board(dataset, measure, rows) for dataset, rows in labels.by_dataset(kind).items()]


def board(dataset: str, measure: str, rows: Sequence[Evaluation]) -> "Board":
    named = list(zip(labels.name(rows), rows, strict=True))
    sets = list(dict.fromkeys(name for one in rows for name in one.results["sets"]))
    newest = max(rows, key=lambda one: one.created_at)
    in_all = chart("All sets", measure, [(label, one.results["overall"]) for label, one in named])
    by_set = [chart(name, measure, [(label, one.results["sets"].get(name)) for label, one in named]) for name in sets]
    return Board(
        dataset=dataset,
        sought=sought(newest),
        measured_at=newest.created_at,
        measure=SHORT[measure],
        sets=sets,
        rows=[Row(label, cells(one, measure, sets), labels.made_of(one)) for label, one in named],
        charts=[in_all, *by_set] if len(sets) > 1 else by_set,
    )


def sought(one: Evaluation) -> str:
    """Measurements of earlier times did not count the works."""
    works, pictures = one.results["overall"].get("works"), one.results["pictures"]
    among = f"among {pictures:,} {'picture' if pictures == 1 else 'pictures'}"
    if works is None:
        return f"Works are to be found {among}."
    return f"{works:,} {'work' if works == 1 else 'works'}, to be found {among}."


def cells(one: Evaluation, measure: str, sets: Sequence[str]) -> list[Cell]:
    """All three measures over all sets, then the measure that was asked for, set by set."""
    overall = [cell(one.results["overall"], of_all) for of_all in MEASURES]
    return overall + [cell(one.results["sets"].get(name), measure) for name in sets]


def cell(scores: Scores, measure: str) -> Cell:
    return (
        labels.cell(scores[measure], scores[f"{measure}_interval"])
        if scores and scores["queries"]
        else labels.cell(None)
    )


def chart(name: str, measure: str, named: Sequence[tuple[str, Scores]]) -> RowChart:
    there = [(label, scores) for label, scores in named if scores and scores["queries"]]
    queries = max((scores["queries"] for _, scores in there), default=0)
    readings = [Reading(label, scores[measure], scores[f"{measure}_interval"]) for label, scores in there]
    return intervals.draw(f"{name}, {queries} queries", readings)


@dataclass(frozen=True)
class Board:
    dataset: str
    sought: str  # what was to be found, at the newest measurement
    measured_at: datetime
    measure: str
    sets: list[str]
    rows: list[Row]
    charts: list[RowChart]
