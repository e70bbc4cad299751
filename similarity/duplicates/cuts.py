"""The two cuts of certainty: the least at which a pair is suggested as a duplicate, and the least that the queue shows.

The latest `Calibration` has the valid cuts. Before any choice the defaults of this module are valid.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from collection import permissions
from collection.audit.recording import Verb, record
from similarity.duplicates import grouping
from similarity.models import Calibration, DuplicatePair, Kind, Verdict
from similarity.vision.copies import certainty, evidence
from similarity.vision.copies.certainty import Evidence

# Pairs of these kinds are never suggested as duplicates, however certain it is that they show one photograph.
NO_COPIES = (Kind.DETAIL, Kind.OTHER_PHOTOGRAPH, Kind.DIFFERENT)


@dataclass(frozen=True)
class Cuts:
    """Least certainties, 0..1: of pairs that are suggested as duplicates, and of pairs that the queue shows."""

    suggest_from: float
    queue_from: float


# These suggest what was suggested before there was a certainty, except for 7 of 3,209 pairs (docs/decisions/0038).
DEFAULT = Cuts(suggest_from=0.3, queue_from=0.0)


class CutError(ValueError):
    """The cuts are not numbers from 0 to 1, or are in the wrong order. The text can be shown."""

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "Both cuts must be numbers from 0 to 1, and the cut of the queue must not be above that of suggested"
                " duplicates."
            )
        )


class ChosenMeanwhileError(ValueError):
    """Somebody else has chosen other cuts since the page was shown. The text names that person."""

    def __init__(self, latest: Calibration | None) -> None:
        name = latest.chosen_by_name if latest and latest.chosen_by_name else gettext("Somebody else")
        sentence = gettext(
            "%(name)s has chosen other cuts in the meantime. Look at them, and choose again if you still want to."
        )
        super().__init__(sentence % {"name": name})


def latest() -> Calibration | None:
    """Return the valid choice, or None before any choice."""
    return Calibration.objects.order_by("-pk").first()


def valid() -> Cuts:
    """Return the valid cuts. It is one query, so read them once for a batch."""
    chosen = latest()
    return DEFAULT if chosen is None else Cuts(chosen.suggest_from, chosen.queue_from)


def queue_cut() -> Combinable:
    """Return the valid cut of the queue as an expression, so that a query of pairs needs no further one."""
    chosen = Calibration.objects.order_by("-pk").values("queue_from")[:1]
    return Coalesce(Subquery(chosen), Value(DEFAULT.queue_from))


@transaction.atomic
def choose(cuts: Cuts, by: permissions.User, *, after: int | None, note: str, numbers: object) -> Calibration:
    """Store a choice. `after`: the choice that was valid when the person chose, or None.

    Raise CutError, or ChosenMeanwhileError if another one is valid. Pairs are re-scored by `rescoring`.
    """
    if not 0 <= cuts.queue_from <= cuts.suggest_from <= 1:  # also refuses NaN
        raise CutError
    grouping.lock()  # a batch that is being flagged ends first, so re-scoring reaches its pairs
    before = latest()
    if (before and before.pk) != after:
        raise ChosenMeanwhileError(before)
    chosen = Calibration.objects.create(
        suggest_from=cuts.suggest_from, queue_from=cuts.queue_from, previous=before, chosen_by_id=by.pk,
        chosen_by_name=str(by) if by.pk else "", note=note, numbers=numbers,
    )  # fmt: skip
    detail = {"suggest from": cuts.suggest_from, "queue from": cuts.queue_from, "note": note}
    record(Verb.CHANGED, chosen, label="the cuts of certainty", detail=detail)
    return chosen


def certainty_of(pair: DuplicatePair) -> float:
    """Return the certainty of a pair, 0..1, by the evidence that is kept with it."""
    is_detail = pair.relation == DuplicatePair.Relation.DETAIL  # compared in luminance, so no colours are missing
    return certainty.of(
        Evidence(
            is_identical=pair.is_identical,
            is_aligned=pair.low_share is not None,
            correlation=pair.correlation,
            inliers=pair.inliers,
            alike=pair.alike_share,
            colour_difference=pair.colour_difference,
            colour_distance=0.0 if is_detail else pair.colour_distance,
        )
    )


def may_be_duplicate(pair: DuplicatePair) -> bool:
    """Return True if a pair of this kind is suggested as a duplicate when it is certain enough.

    Pairs of early releases have no kind; their relation decides.
    """
    if pair.kind in NO_COPIES or (not pair.kind and pair.relation == DuplicatePair.Relation.DETAIL):
        return False
    shares = [share for share in (pair.low_share, pair.high_share) if share is not None]
    return pair.kind != Kind.MIRRORED or evidence.is_mirrored_whole(*shares)


def never_duplicates() -> Q:
    """Return the condition for pairs that `may_be_duplicate` does not admit."""
    is_detail = Q(kind="", relation=DuplicatePair.Relation.DETAIL)
    is_small = Q(low_share__lt=evidence.MIRRORED_SHARE) | Q(high_share__lt=evidence.MIRRORED_SHARE)
    return Q(kind__in=NO_COPIES) | is_detail | Q(is_small, kind=Kind.MIRRORED)


def suggestion(pair: DuplicatePair, cuts: Cuts) -> Verdict:
    """Return what is suggested for a pair of the queue."""
    is_certain = pair.certainty >= cuts.suggest_from
    return Verdict.DUPLICATE if is_certain and may_be_duplicate(pair) else Verdict.SIMILAR


def suggest(pairs: Sequence[DuplicatePair]) -> None:
    """Set what is suggested for new pairs by the valid cuts. Call it under `grouping.lock`, before they are stored."""
    cuts = valid()
    for pair in pairs:
        pair.suggested = suggestion(pair, cuts)


def hidden() -> Q:
    """Return a condition for undecided pairs that the queue does not show."""
    return Q(verdict=Verdict.UNDECIDED, certainty__lt=queue_cut())
