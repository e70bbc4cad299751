"""Report how reliably altered copies are distinguished from other pictures, by alteration, lens and network."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from similarity.evaluation import alteration_names
from similarity.evaluation.charts import curves, intervals
from similarity.evaluation.charts.curves import CurveChart, Series
from similarity.evaluation.charts.intervals import Reading
from similarity.evaluation.charts.lengths import number, short, span
from similarity.evaluation.charts.rows import RowChart
from similarity.evaluation.copy_detection import WEIGHTS
from similarity.evaluation.reports import labels, leaders
from similarity.evaluation.reports.labels import Cell, Row
from similarity.evaluation.reports.leaders import Lead, Share
from similarity.evaluation.reports.space_scores import percent
from similarity.models import Evaluation
from similarity.vision.copies.copy_alterations import ALTERATIONS

MEASURES = {
    "recall": gettext_noop("Copies recognised"),
    "micro_ap": gettext_noop("Average precision of all pairs (micro-AP)"),
}

Labelled = Sequence[tuple[str, Evaluation]]


def boards() -> list["Board"]:
    """Return one board for each data set."""
    return [board(dataset, rows) for dataset, rows in labels.by_dataset(Evaluation.Kind.COPIES).items()]


def board(dataset: str, rows: Sequence[Evaluation]) -> "Board":
    labelled = list(zip(labels.names_of(rows), rows, strict=True))
    replayed = [(label, one) for label, one in labelled if "suggested" in one.results]
    names = dict.fromkeys(name for one in rows for name in one.results["alterations"])
    alterations = sorted(names, key=[*ALTERATIONS, *names].index)  # jsonb does not keep the order of keys
    recalls, precisions = (readings(labelled, measure) for measure in MEASURES)
    networks = list(dict.fromkeys(labels.network(one) for one in rows))
    lead = leaders.lead(shares(labelled))
    best = dict(labelled)[lead.best] if lead else rows[0]
    return Board(
        dataset=labels.dataset(dataset),
        pictures=best.results["pictures"],
        background=best.results["background"],
        measured=labels.measured(rows),
        lead=lead,
        hardest=leaders.hardest(recall_by_alteration(best)),
        head=[label for label, _ in labelled],
        queue_head=[label for label, _ in replayed],
        rows=[Row(title(name), across(name, labelled, replayed)) for name in alterations],
        summary=[(Row(label, totals(one), labels.made_of(one)), one.results["pictures"]) for label, one in labelled],
        weights=[short(weight) for weight in WEIGHTS],
        suggestions_by_model=[suggestions(label, one) for label, one in replayed],
        recall_chart=intervals.draw(gettext(MEASURES["recall"]), recalls),
        micro_ap_chart=intervals.draw(gettext(MEASURES["micro_ap"]), precisions),
        curves=[curve(lens, found, networks) for lens, found in by_lens(labelled).items()],
    )


def title(alteration: str) -> str:
    """Join a number to its sign by a no-break space."""
    return alteration_names.alteration(alteration).replace(" %", "\N{NO-BREAK SPACE}%")


def readings(labelled: Labelled, measure: str) -> list[Reading]:
    return [Reading(label, one.results[measure], one.results.get(f"{measure}_interval")) for label, one in labelled]


def shares(labelled: Labelled) -> list[Share]:
    return [
        Share(one.label, one.value, one.interval, evaluation.results["pictures"], data(evaluation))
        for one, (_, evaluation) in zip(readings(labelled, "recall"), labelled, strict=True)
    ]


def data(one: Evaluation) -> Hashable:
    """Return a key of the data: number of altered pictures, size of the background set, alterations."""
    return one.results["pictures"], one.results["background"], tuple(sorted(one.results["alterations"]))


def recall_by_alteration(one: Evaluation) -> list[tuple[str, float]]:
    return [(title(name), scores["recall"]) for name, scores in one.results["alterations"].items()]


def across(alteration: str, labelled: Labelled, replayed: Labelled) -> list[Cell]:
    """Return the recall of each lens and network, then what the review queue would suggest."""
    scored = [one.results["alterations"].get(alteration, {}) for _, one in labelled]
    suggested = [one.results["suggested"].get(alteration, {}).get("any") for _, one in replayed]
    return [cell(each, "recall") for each in scored] + [labels.cell(value) for value in suggested]


def totals(one: Evaluation) -> list[Cell]:
    """Return the cells of recall and micro-AP over all alterations, without and with score normalisation."""
    results = one.results
    by_weight, intervals_by_weight = results["micro_ap_normalised"], results.get("micro_ap_normalised_interval", {})
    cells = [labels.cell(by_weight.get(str(weight)), intervals_by_weight.get(str(weight))) for weight in WEIGHTS]
    return [cell(results, measure) for measure in ("recall", "recall_normalised", "micro_ap")] + cells


def cell(scores: Mapping[str, Any], measure: str) -> Cell:
    """Return the cell of a measure. Older measurements have no intervals."""
    return labels.cell(scores.get(measure), scores.get(f"{measure}_interval"))


def suggestions(label: str, one: Evaluation) -> "Suggestions":
    replayed, copies = one.results["suggested_overall"], one.results["pictures"] * len(one.results["alterations"])
    return Suggestions(
        label,
        copies,
        percent(replayed["duplicate"]),
        percent(replayed["any"]),
        replayed["false_duplicates"],
        replayed["false_similar"],
    )


def by_lens(labelled: Labelled) -> dict[str, list[tuple[str, Evaluation]]]:
    """Group by lens, because one chart with all lines would be unreadable."""
    found: dict[str, list[tuple[str, Evaluation]]] = {}
    for label, one in labelled:
        found.setdefault(labels.lens(one), []).append((label, one))
    return found


def curve(lens: str, labelled: Labelled, networks: Sequence[str]) -> CurveChart:
    """Draw a network with the same line style for all lenses, if each lens has it only once."""
    here = [labels.network(one) for _, one in labelled]
    styles = [networks.index(network) if len(set(here)) == len(here) else None for network in here]
    series = [
        Series(label, one.results["curve"], in_words(one.results), style)
        for (label, one), style in zip(labelled, styles, strict=True)
    ]
    return curves.draw(gettext("%(lens)s: precision and recall over all alterations") % {"lens": lens}, series)


def in_words(results: Mapping[str, Any]) -> str:
    interval = results.get("recall_interval")
    if not interval:
        return gettext("recall %(recall)s at 99.9 %% precision") % {"recall": number(results["recall"])}
    text = gettext("recall %(recall)s at 99.9 %% precision, 95 %% interval %(interval)s")
    return text % {"recall": number(results["recall"]), "interval": span(*interval)}


@dataclass(frozen=True)
class Suggestions:
    """The suggestions of the review queue: right ones for copies (per cent), wrong ones for other pairs (number)."""

    label: str
    copies: int
    duplicate: str
    any: str
    false_duplicates: int
    false_similar: int


@dataclass(frozen=True)
class Board:
    dataset: str
    pictures: int  # that were altered for the best measurement and those compared with it
    background: int
    measured: str
    lead: Lead | None
    hardest: str  # the alterations with the lowest recall, for the best measurement
    head: list[str]
    queue_head: list[str]
    rows: list[Row]
    summary: list[tuple[Row, int]]  # each row with the number of altered pictures
    weights: list[str]
    suggestions_by_model: list[Suggestions]
    recall_chart: RowChart
    micro_ap_chart: RowChart
    curves: list[CurveChart]  # one for each lens

    @property
    def finding(self) -> str:
        """Return what the best measurement shows, as the end of a sentence."""
        text = gettext(
            "recognises %(share)s of the altered copies while at most one in a thousand accepted pairs is wrong"
        )
        return text % {"share": self.lead.share if self.lead else ""}
