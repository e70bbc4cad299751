"""Precision and recall of pairs at cuts of their certainty, and the recommended cut.

A pair is suggested as a duplicate at a cut if its kind is that of a copy and its certainty is at least the cut.
Precision is the share of the suggested pairs that are copies. Recall is the share of all copies that are suggested.
Intervals are Wilson's at 95 %. They assume independent pairs. The copies of one picture are not independent, so the
intervals are somewhat too narrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from similarity.measures import scores
from similarity.measures.bootstrap import Interval

CUTS = (*(round(step / 20, 2) for step in range(20)), 0.97, 0.98, 1.0)
WANTED_PRECISION = 0.999


@dataclass(frozen=True)
class Pairs:
    """P labelled pairs: certainty (P,) float64 0..1, may_be_duplicate (P,) by their kind, is_copy (P,) their label."""

    certainty: NDArray[np.float64]
    may_be_duplicate: NDArray[np.bool_]
    is_copy: NDArray[np.bool_]

    @staticmethod
    def of(rows: Sequence[tuple[float, bool, bool]]) -> "Pairs":
        """Return the pairs of rows of certainty, may_be_duplicate and is_copy."""
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        return Pairs(np.array(columns[0], float), np.array(columns[1], bool), np.array(columns[2], bool))


@dataclass(frozen=True)
class CutScore:
    """The pairs at one cut. precision: None if no pair is suggested; recall: None if there is no copy."""

    cut: float
    suggested: int
    wrong: int  # suggested pairs that are no copies
    in_queue: int  # copies of any kind that are at least as certain
    precision: float | None
    precision_interval: Interval
    recall: float | None
    recall_interval: Interval


@dataclass(frozen=True)
class Recommendation:
    """The recommended cut, or None, and why. is_proved: the lower bound of its precision reaches WANTED_PRECISION."""

    cut: float | None
    is_proved: bool
    reason: str


def score(pairs: Pairs, cuts: Sequence[float] = CUTS) -> list[CutScore]:
    """Return the scores at each cut. A certainty that is NaN reaches no cut."""
    return [score_at(pairs, cut) for cut in cuts]


def score_at(pairs: Pairs, cut: float) -> CutScore:
    reaches = pairs.certainty >= cut
    suggested = reaches & pairs.may_be_duplicate
    right, wrong = int((suggested & pairs.is_copy).sum()), int((suggested & ~pairs.is_copy).sum())
    copies = int(pairs.is_copy.sum())
    precision = right / (right + wrong) if right + wrong else None
    recall = right / copies if copies else None
    return CutScore(
        cut=cut,
        suggested=right + wrong,
        wrong=wrong,
        in_queue=int((reaches & pairs.is_copy).sum()),
        precision=precision,
        precision_interval=scores.wilson(precision or 0.0, right + wrong),
        recall=recall,
        recall_interval=scores.wilson(recall or 0.0, copies),
    )


def recommend(pairs: Pairs, scored: Sequence[CutScore], valid: float) -> Recommendation:
    """Return the lowest cut above 0 whose precision is proved to be WANTED_PRECISION.

    If there are too few pairs for that, return the cut with the highest proved precision. Of equal ones, return the
    nearest to the `valid` cut.
    """
    copies, others = int(pairs.is_copy.sum()), int((~pairs.is_copy).sum())
    if not copies or not others:
        missing = "no copy" if not copies else "no pair of different pictures"
        return Recommendation(None, False, f"There is {missing} among the {copies + others:,} pairs.")
    usable = [each for each in scored if each.cut > 0 and each.suggested]
    if not usable:
        return Recommendation(None, False, f"None of the {copies + others:,} pairs is suggested at any cut.")
    proved = [each for each in usable if each.precision_interval[0] >= WANTED_PRECISION]
    if proved:
        best = min(proved, key=lambda each: each.cut)
    else:
        best = min(usable, key=lambda each: (-each.precision_interval[0], abs(each.cut - valid), each.cut))
    return Recommendation(best.cut, bool(proved), reason_for(best, bool(proved)))


def reason_for(best: CutScore, is_proved: bool) -> str:
    """Return one or two sentences on why this cut is recommended."""
    pairs = f"{best.suggested:,} pair{'' if best.suggested == 1 else 's'}"
    seen = f"At {best.cut:g}, {best.wrong:,} of {pairs} suggested {'is' if best.wrong == 1 else 'are'} wrong"
    bound = f"{best.precision_interval[0]:.4f}"
    if is_proved:
        return f"{seen}, so the precision is at least {bound} (95 % interval). It is the lowest such cut."
    return (
        f"{seen}, which proves a precision of {bound} (95 % interval) and no more. No cut proves {WANTED_PRECISION:g}:"
        f" that needs about {least_pairs():,} suggested pairs without an error."
    )


def least_pairs() -> int:
    """Return how many suggested pairs without an error prove WANTED_PRECISION."""
    count = 2
    while scores.wilson(1.0, count)[0] < WANTED_PRECISION:
        count += 1
    return count
