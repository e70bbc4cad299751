"""Show how reliably altered copies are distinguished from other pictures, by alteration, lens and network."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from similarity.evaluation import alteration_names
from similarity.evaluation.charts import curves, intervals
from similarity.evaluation.charts.curves import CurveChart, Series
from similarity.evaluation.charts.intervals import Reading
from similarity.evaluation.charts.lengths import number, span
from similarity.evaluation.charts.rows import RowChart
from similarity.evaluation.copy_detection import WEIGHTS
from similarity.evaluation.reports import labels, leaders
from similarity.evaluation.reports.labels import Cell, Row
from similarity.evaluation.reports.leaders import Lead, Share
from similarity.evaluation.reports.space_scores import percent
from similarity.models import Evaluation
from similarity.vision.copies.copy_alterations import ALTERATIONS

MEASURES = {"recall": "Copies recognised", "micro_ap": "Average precision of all pairs (micro-AP)"}

Named = Sequence[tuple[str, Evaluation]]


def boards() -> list["Board"]:
    """Return one board for each data set."""
    return [board(dataset, rows) for dataset, rows in labels.by_dataset(Evaluation.Kind.COPIES).items()]


def board(dataset: str, rows: Sequence[Evaluation]) -> "Board":
    named = list(zip(labels.name(rows), rows, strict=True))
    heard = [(label, one) for label, one in named if "suggested" in one.results]
    found = dict.fromkeys(name for one in rows for name in one.results["alterations"])
    alterations = sorted(found, key=[*ALTERATIONS, *found].index)  # JSON kept in a database has an order of its own
    recalls, precisions = (readings(named, measure) for measure in MEASURES)
    networks = list(dict.fromkeys(labels.network(one) for one in rows))
    lead = leaders.lead(shares(named))
    best = dict(named)[lead.best] if lead else rows[0]
    return Board(
        dataset=dataset,
        pictures=best.results["pictures"],
        background=best.results["background"],
        measured=labels.measured(rows),
        lead=lead,
        hardest=leaders.hardest(recall_by_alteration(best)),
        head=[label for label, _ in named],
        queue_head=[label for label, _ in heard],
        rows=[Row(title(name), across(name, named, heard)) for name in alterations],
        summary=[(Row(label, totals(one), labels.made_of(one)), one.results["pictures"]) for label, one in named],
        weights=[f"{weight:g}" for weight in WEIGHTS],
        alarms=[alarm(label, one) for label, one in heard],
        recall_chart=intervals.draw(MEASURES["recall"], recalls),
        micro_ap_chart=intervals.draw(MEASURES["micro_ap"], precisions),
        curves=[curve(lens, found, networks) for lens, found in by_lens(named).items()],
    )


def title(alteration: str) -> str:
    """Join a number to its sign by a no-break space."""
    return alteration_names.alteration(alteration).replace(" %", "\N{NO-BREAK SPACE}%")


def readings(named: Named, measure: str) -> list[Reading]:
    return [Reading(label, one.results[measure], one.results.get(f"{measure}_interval")) for label, one in named]


def shares(named: Named) -> list[Share]:
    return [
        Share(one.label, one.value, one.interval, evaluation.results["pictures"], data(evaluation))
        for one, (_, evaluation) in zip(readings(named, "recall"), named, strict=True)
    ]


def data(one: Evaluation) -> Hashable:
    """Return what was altered, in which ways, and the size of the background."""
    return one.results["pictures"], one.results["background"], tuple(sorted(one.results["alterations"]))


def recall_by_alteration(one: Evaluation) -> list[tuple[str, float]]:
    return [(title(name), scores["recall"]) for name, scores in one.results["alterations"].items()]


def across(alteration: str, named: Named, heard: Named) -> list[Cell]:
    """Return the recall of each lens and network, then what the review queue would suggest."""
    scored = [one.results["alterations"].get(alteration, {}) for _, one in named]
    suggested = [one.results["suggested"].get(alteration, {}).get("any") for _, one in heard]
    return [cell(each, "recall") for each in scored] + [labels.cell(value) for value in suggested]


def totals(one: Evaluation) -> list[Cell]:
    """Return recall and micro-AP over all alterations, with and without score normalisation."""
    results = one.results
    weighed, spread = results["micro_ap_normalised"], results.get("micro_ap_normalised_interval", {})
    by_weight = [labels.cell(weighed.get(str(weight)), spread.get(str(weight))) for weight in WEIGHTS]
    return [cell(results, measure) for measure in ("recall", "recall_normalised", "micro_ap")] + by_weight


def cell(scores: Mapping[str, Any], measure: str) -> Cell:
    """Return the cell of a measure. Older measurements have no intervals."""
    return labels.cell(scores.get(measure), scores.get(f"{measure}_interval"))


def alarm(label: str, one: Evaluation) -> "Alarm":
    heard, copies = one.results["suggested_overall"], one.results["pictures"] * len(one.results["alterations"])
    return Alarm(
        label,
        copies,
        percent(heard["duplicate"]),
        percent(heard["any"]),
        heard["false_duplicates"],
        heard["false_similar"],
    )


def by_lens(named: Named) -> dict[str, list[tuple[str, Evaluation]]]:
    """Group by lens: one chart with all lines would be unreadable."""
    found: dict[str, list[tuple[str, Evaluation]]] = {}
    for label, one in named:
        found.setdefault(labels.lens(one), []).append((label, one))
    return found


def curve(lens: str, named: Named, networks: Sequence[str]) -> CurveChart:
    """Draw a network with the same line style for all lenses, if each lens has it only once."""
    here = [labels.network(one) for _, one in named]
    places = [networks.index(network) if len(set(here)) == len(here) else None for network in here]
    series = [
        Series(label, one.results["curve"], in_words(one.results), place)
        for (label, one), place in zip(named, places, strict=True)
    ]
    return curves.draw(f"{lens}: precision and recall over all alterations", series)


def in_words(results: Mapping[str, Any]) -> str:
    interval = results.get("recall_interval")
    told = f"recall {number(results['recall'])} at 99.9 % precision"
    return f"{told}, 95 % interval {span(*interval)}" if interval else told


@dataclass(frozen=True)
class Alarm:
    """What the review queue would suggest: copies rightly (per cent) and other pairs wrongly (number)."""

    label: str
    copies: int
    duplicate: str
    any: str
    false_duplicates: int
    false_similar: int


@dataclass(frozen=True)
class Board:
    dataset: str
    pictures: int  # altered for the best one and those compared with it
    background: int
    measured: str
    lead: Lead | None
    hardest: str  # for the best one
    head: list[str]
    queue_head: list[str]
    rows: list[Row]
    summary: list[tuple[Row, int]]  # with the pictures that were altered
    weights: list[str]
    alarms: list[Alarm]
    recall_chart: RowChart
    micro_ap_chart: RowChart
    curves: list[CurveChart]  # a lens each

    @property
    def point(self) -> str:
        """Say what the best one does."""
        share = self.lead.share if self.lead else ""
        return f"recognises {share} of the altered copies while at most one in a thousand accepted pairs is wrong"
