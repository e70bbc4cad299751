"""Precision and recall of pairs that are called copies above a threshold.

Scores that are equal are accepted or refused together, so that no order within them can flatter a method.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


def curve(scores: Floats, is_copy: Flags) -> "Curve":
    """(P,) scores of pairs and which of them are copies -> the curve over all thresholds, the strictest first."""
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(is_copy[order])
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) if len(ranked) else np.empty(0, np.intp)
    total = max(int(hits[-1]) if len(hits) else 0, 1)
    return Curve(ranked[ends], hits[ends] / total, hits[ends] / (ends + 1))


def micro_ap(of: "Curve") -> float:
    """Average precision over all pairs of all queries in one list: sum of precision times the recall it adds.

    The measure of Douze et al., The 2021 Image Similarity Dataset and Challenge, section 5; unlike mAP, it asks that
    one threshold serves all queries.
    """
    return float(np.sum(of.precision * np.diff(of.recall, prepend=0.0)))


def recall_at(of: "Curve", precision: float) -> tuple[float, float]:
    """The greatest recall at which the precision is that or more, and the threshold there; (0, inf) if never."""
    good = np.flatnonzero(of.precision >= precision)
    if not len(good):
        return 0.0, float("inf")
    return float(of.recall[good[-1]]), float(of.thresholds[good[-1]])


def thinned(of: "Curve", points: int) -> list[tuple[float, float]]:
    """At most so many (recall, precision) of the curve, evenly by recall, its ends kept; for drawing."""
    wanted = np.linspace(0, of.recall[-1], points - 1) if len(of.recall) else np.empty(0)
    kept = np.unique(np.searchsorted(of.recall, wanted).clip(0, len(of.recall) - 1))
    pairs = zip(of.recall[kept].tolist(), of.precision[kept].tolist(), strict=True)
    return [(round(recall, 4), round(precision, 4)) for recall, precision in pairs]


@dataclass(frozen=True)
class Curve:
    """For each distinct score, falling: (T,) thresholds; recall and precision 0..1 of what scores that or more."""

    thresholds: Floats
    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
