"""Report the share of altered copies that reach the review queue, and the shares that single signals find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from similarity.evaluation import alteration_names
from similarity.evaluation.reports import labels
from similarity.evaluation.reports.labels import Row
from similarity.measures.scores import wilson
from similarity.models import Evaluation

# Names of single signals in stored results, in the order of the columns: hashes, then networks. jsonb keeps no order.
SIGNALS = (
    "PDQ",
    gettext_noop("perceptual hash"),
    gettext_noop("cosine of the last layer (imagededup)"),
    gettext_noop("cosine in match"),
)
OWN = ("found", "duplicate")  # by Kindred: in the queue with any suggestion, and suggested as a duplicate


@dataclass(frozen=True)
class Board:
    """The results of the newest run on a data set.

    signals: names of the single signals. clean: pairs that unaltered pictures got, by suggestion.
    """

    dataset: str
    network: str
    measured: str
    pictures: int
    altered: int
    signals: Sequence[str]
    rows: Sequence[Row]
    clean: Mapping[str, int]
    false_pairs: int


def boards() -> list[Board]:
    """Return one board for each data set."""
    return [board(dataset, rows[-1]) for dataset, rows in labels.by_dataset(Evaluation.Kind.DUPLICATES).items()]


def board(dataset: str, one: Evaluation) -> Board:
    results = one.results
    measured = results["rows"][0]["signals"] if results["rows"] else {}
    signals = sorted(measured, key=[*SIGNALS, *sorted(measured)].index)
    return Board(
        dataset=labels.dataset(dataset),
        network=labels.network(one),
        measured=labels.measured([one]),
        pictures=results["pictures"],
        altered=results["altered"],
        signals=[gettext(name) for name in signals],
        rows=[row(each, signals) for each in results["rows"]],
        clean=results["clean"],
        false_pairs=sum(len(each["false_pairs"]) for each in results["rows"]),
    )


def row(found: Mapping[str, Any], signals: Sequence[str]) -> Row:
    """Return the shares of one alteration, Kindred's own with 95 % intervals."""
    own = [labels.cell(found[name], wilson(found[name], found["copies"])) for name in OWN]
    others = [labels.cell(found["signals"][name]) for name in signals]
    return Row(alteration_names.alteration(found["name"]), [*own, *others])
