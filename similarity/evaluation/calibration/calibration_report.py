"""What the Calibration page shows: charts and a table of the latest measurement, the valid cuts, and the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_noop

from similarity.duplicates import cuts, rescoring
from similarity.duplicates.cuts import Cuts
from similarity.evaluation.calibration import calibration_numbers, queue_lengths
from similarity.evaluation.calibration.queue_lengths import QueueLength
from similarity.evaluation.charts import cut_curves
from similarity.evaluation.charts.curves import CurveChart
from similarity.evaluation.charts.cut_curves import Shares
from similarity.measures.certainty_cuts import CUTS
from similarity.models import Calibration, CalibrationMeasurement

# Names for people of the sources in stored results. `cut_measuring` writes them; it needs OpenCV, which the web lacks.
SOURCES = {"altered": gettext_noop("Altered copies"), "verdicts": gettext_noop("Your verdicts")}
IN_SENTENCE = {"altered": gettext_noop("altered copies"), "verdicts": gettext_noop("your verdicts")}
ROUNDING = 1e-9
HISTORY = 50  # choices
Scores = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """A share with its interval, as text. If nothing was measured, the share is a dash and the interval is empty."""

    share: str
    interval: str


@dataclass(frozen=True)
class Row:
    """One cut: open pairs now, and precision and recall for each source.

    is_valid: True for the highest row that is not above the valid cut of suggestions.
    """

    cut: float
    length: QueueLength
    cells: Sequence[Cell]
    is_valid: bool
    is_recommended: bool


@dataclass(frozen=True)
class Source:
    """One source of labelled pairs: its name, how many pairs and copies, its recommendation, and a chart."""

    title: str
    pairs: int
    copies: int
    reason: str
    chart: CurveChart

    @property
    def others(self) -> int:
        return self.pairs - self.copies


@dataclass(frozen=True)
class Report:
    """Everything on the page. measured: None before the first measurement."""

    valid: Cuts
    chosen: Calibration | None
    is_rescoring: bool
    measured: CalibrationMeasurement | None
    sources: Sequence[Source]
    head: Sequence[str]
    rows: Sequence[Row]
    recommended: Scores
    history: Sequence[Calibration]

    @property
    def recommends_by(self) -> str:
        """Return the source that the recommendation follows, in the middle of a sentence."""
        name = self.recommended.get("source", "")
        return gettext(IN_SENTENCE[name]) if name in IN_SENTENCE else ""


def read() -> Report:
    """Return the report, by a few queries."""
    valid, measured = cuts.valid(), calibration_numbers.latest()
    results: Scores = measured.results if measured else {"sources": {}, "recommended": {}}
    sources = {name: each for name, each in results["sources"].items() if name in SOURCES and each["pairs"]}
    return Report(
        valid=valid,
        chosen=cuts.latest(),
        is_rescoring=rescoring.is_due(),
        measured=measured,
        sources=[source(name, each, valid) for name, each in sources.items()],
        head=[gettext(SOURCES[name]) for name in sources],
        rows=rows(sources, valid, results["recommended"].get("cut")),
        recommended=results["recommended"],
        history=list(Calibration.objects.order_by("-pk")[:HISTORY]),
    )


def source(name: str, measured: Scores, valid: Cuts) -> Source:
    title, scores = gettext(SOURCES[name]), measured["scores"]
    lines = [
        Shares(gettext("Precision: share of the suggested pairs that are copies"), points(scores, "precision")),
        Shares(gettext("Recall: share of the copies that are suggested"), points(scores, "recall")),
    ]
    chart = cut_curves.draw(title, lines, (gettext("Current cut"), valid.suggest_from))
    return Source(title, measured["pairs"], measured["copies"], measured["recommendation"]["reason"], chart)


def points(scores: Sequence[Scores], measure: str) -> list[tuple[float, float]]:
    return [(each["cut"], each[measure]) for each in scores if each[measure] is not None]


def rows(sources: Mapping[str, Scores], valid: Cuts, recommended: float | None) -> list[Row]:
    """Return a row for each cut: the measured ones, or the usual ones before a measurement."""
    measured = next(iter(sources.values()), None)
    wanted = [each["cut"] for each in measured["scores"]] if measured else list(CUTS)
    reached = max((cut for cut in wanted if cut <= valid.suggest_from), default=None)
    return [
        Row(cut, length, [cell for each in sources.values() for cell in cells(each["scores"], cut)], cut == reached,
            cut == recommended)
        for cut, length in zip(wanted, queue_lengths.at(wanted), strict=True)
    ]  # fmt: skip


def cells(scores: Sequence[Scores], cut: float) -> list[Cell]:
    """Return precision and recall at a cut."""
    found = next((each for each in scores if each["cut"] == cut), None)
    return [cell(found, "precision"), cell(found, "recall")]


def cell(score: Scores | None, measure: str) -> Cell:
    if score is None or score[measure] is None:
        return Cell("–", "")
    low, high = score[f"{measure}_interval"]
    return Cell(three_decimals(score[measure]), f"{three_decimals(low)}–{three_decimals(high)}")


def three_decimals(share: float) -> str:
    """Return a share 0..1 with three decimals. A share below 1 is shown as 0.999 at most, so 1.000 means all."""
    return number_format(f"{share if share > 1 - ROUNDING else min(share, 0.999):.3f}")
