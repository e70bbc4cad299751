"""Precision and recall of pairs that are called copies above a threshold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


def curve(scores: Floats, is_copy: Flags) -> "Curve":
    """Return the curve over all thresholds, the strictest first, of (P,) scores. It is empty without copies."""
    from sklearn.metrics import precision_recall_curve  # workers alone have it

    if not is_copy.any():
        return Curve(np.empty(0, np.float32), np.empty(0), np.empty(0))
    precision, recall, thresholds = precision_recall_curve(is_copy, scores)
    return Curve(thresholds[::-1], recall[-2::-1], precision[-2::-1])


def micro_ap(of: "Curve") -> float:
    """Return the average precision over the pairs of all queries in one list: the sum of precision times recall gained.

    The measure of Douze et al., The 2021 Image Similarity Dataset and Challenge, section 5. Unlike mAP, it needs one
    threshold for all queries.
    """
    return float(np.sum(of.precision * np.diff(of.recall, prepend=0.0)))


def recall_at(of: "Curve", precision: float) -> tuple[float, float]:
    """Return the greatest recall with at least that precision, and its threshold; (0, inf) if there is none."""
    good = np.flatnonzero(of.precision >= precision)
    if not len(good):
        return 0.0, float("inf")
    return float(of.recall[good[-1]]), float(of.thresholds[good[-1]])


def thinned(of: "Curve", points: int) -> list[tuple[float, float]]:
    """Return at most so many (recall, precision) of the curve, evenly by recall, with both ends; for drawing."""
    wanted = np.linspace(0, of.recall[-1], points - 1) if len(of.recall) else np.empty(0)
    rows = np.unique(np.searchsorted(of.recall, wanted).clip(0, len(of.recall) - 1))
    pairs = zip(of.recall[rows].tolist(), of.precision[rows].tolist(), strict=True)
    return [(round(recall, 4), round(precision, 4)) for recall, precision in pairs]


@dataclass(frozen=True)
class Curve:
    """(T,) distinct scores in descending order as thresholds, with recall and precision, 0 to 1, at each."""

    thresholds: Floats
    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
