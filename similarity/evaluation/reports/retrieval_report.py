"""Report how high the right works rank, by lens, network and set of queries."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from similarity.evaluation.charts import intervals
from similarity.evaluation.charts.intervals import Reading
from similarity.evaluation.charts.rows import RowChart
from similarity.evaluation.reports import labels, leaders
from similarity.evaluation.reports.labels import Cell, Row
from similarity.evaluation.reports.leaders import Lead, Share
from similarity.models import Evaluation

MEASURES = {
    "p_at_1": _("First work right (P@1)"),
    "recall_at_5": _("In the first five (recall@5)"),
    "mean_ap": _("Average precision (mAP)"),
}
FINDINGS = {  # what the best measurement shows, with its share
    "p_at_1": gettext_noop("ranks the right work first for %(share)s of the photographs"),
    "recall_at_5": gettext_noop("ranks %(share)s of the right works among its first five"),
    "mean_ap": gettext_noop("reaches an average precision of %(share)s"),
}

Scores = Mapping[str, Any] | None
Labelled = Sequence[tuple[str, Scores]]


def boards(measure: str) -> list["Board"]:
    """Return one board for each data set; its sets of queries are shown by the chosen measure."""
    kind = Evaluation.Kind.RETRIEVAL
    return [board(dataset, measure, rows) for dataset, rows in labels.by_dataset(kind).items()]


def board(dataset: str, measure: str, rows: Sequence[Evaluation]) -> "Board":
    labelled = list(zip(labels.names_of(rows), rows, strict=True))
    sets = list(dict.fromkeys(name for one in rows for name in one.results["sets"]))
    lead = leaders.lead(shares(labelled, measure))
    in_all = [(label, one.results["overall"]) for label, one in labelled]
    by_set = {name: [(label, one.results["sets"].get(name)) for label, one in labelled] for name in sets}
    return Board(
        dataset=labels.dataset(dataset),
        sought=sought(dict(labelled)[lead.best] if lead else rows[0]),
        measured=labels.measured(rows),
        measure=str(MEASURES[measure]),
        lead=lead,
        finding_format=FINDINGS[measure],
        overall=[Row(label, overall(one), labels.made_of(one)) for label, one in labelled],
        sets=sets if len(sets) > 1 else [],
        by_set=[Row(label, set_by_set(one, measure, sets)) for label, one in labelled],
        chart=chart(sets[0] if len(sets) == 1 else gettext("All sets"), measure, in_all),
        charts=[chart(name, measure, found) for name, found in by_set.items()] if len(sets) > 1 else [],
    )


def sought(one: Evaluation) -> str:
    """Return how many works are searched for among how many pictures. Older measurements lack the number of works."""
    works, pictures = one.results["overall"].get("works"), one.results["pictures"]
    if works is None:
        text = ngettext(
            "Works are searched for among %(pictures)s picture.",
            "Works are searched for among %(pictures)s pictures.",
            pictures,
        )
        return text % {"pictures": intcomma(pictures)}
    if pictures == 1:
        text = ngettext(
            "%(works)s work is searched for among 1 picture.",
            "%(works)s works are searched for among 1 picture.",
            works,
        )
    else:
        text = ngettext(
            "%(works)s work is searched for among %(pictures)s pictures.",
            "%(works)s works are searched for among %(pictures)s pictures.",
            works,
        )
    return text % {"works": intcomma(works), "pictures": intcomma(pictures)}


def shares(labelled: Sequence[tuple[str, Evaluation]], measure: str) -> list[Share]:
    """Return the shares over all sets, for measurements that have queries."""
    answered = [(label, one, one.results["overall"]) for label, one in labelled if one.results["overall"]["queries"]]
    return [
        Share(label, scores[measure], scores[f"{measure}_interval"], works(scores), data(one))
        for label, one, scores in answered
    ]


def works(scores: Mapping[str, Any]) -> int:
    """Return the number of works, or of photographs if works were not counted."""
    count: int = scores.get("works", scores["queries"])
    return count


def data(one: Evaluation) -> Hashable:
    """Return a key of the data: the number of pictures, of works, and of queries in each set."""
    sets = sorted((name, scores.get("queries")) for name, scores in one.results["sets"].items())
    return one.results["pictures"], works(one.results["overall"]), tuple(sets)


def overall(one: Evaluation) -> list[Cell]:
    """Return all three measures over all sets."""
    return [cell(one.results["overall"], measure) for measure in MEASURES]


def set_by_set(one: Evaluation, measure: str, sets: Sequence[str]) -> list[Cell]:
    return [cell(one.results["sets"].get(name), measure) for name in sets]


def cell(scores: Scores, measure: str) -> Cell:
    return (
        labels.cell(scores[measure], scores[f"{measure}_interval"])
        if scores and scores["queries"]
        else labels.cell(None)
    )


def chart(name: str, measure: str, labelled: Labelled) -> RowChart:
    counts = sorted({scores["queries"] for _, scores in labelled if scores}) or [0]
    if len(counts) > 1:
        text = gettext("%(name)s, %(least)s to %(most)s photographs")
    else:
        text = ngettext("%(name)s, %(most)s photograph", "%(name)s, %(most)s photographs", counts[-1])
    title = text % {"name": name, "least": intcomma(counts[0]), "most": intcomma(counts[-1])}
    return intervals.draw(title, readings(labelled, measure))


def readings(labelled: Labelled, measure: str) -> list[Reading]:
    answered = [(label, scores) for label, scores in labelled if scores and scores["queries"]]
    return [Reading(label, scores[measure], scores[f"{measure}_interval"]) for label, scores in answered]


@dataclass(frozen=True)
class Board:
    dataset: str
    sought: str  # how many works were searched for, by the best measurement and those compared with it
    measured: str
    measure: str
    lead: Lead | None
    finding_format: str
    overall: list[Row]
    sets: list[str]  # empty if there is only one
    by_set: list[Row]
    chart: RowChart
    charts: list[RowChart]  # one for each set

    @property
    def finding(self) -> str:
        """Return what the best measurement shows, as the end of a sentence."""
        return gettext(self.finding_format) % {"share": self.lead.share} if self.lead else ""
