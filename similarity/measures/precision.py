"""Precision and recall of pairs that are classified as copies if their score reaches a threshold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


def curve(scores: Floats, is_copy: Flags) -> "Curve":
    """Return precision and recall of P pairs at all thresholds, the highest first. Without copies the curve is empty.

    `scores`: (P,) float32. `is_copy`: (P,) booleans.
    """
    from sklearn.metrics import precision_recall_curve  # only workers have scikit-learn

    if not is_copy.any():
        return Curve(np.empty(0, np.float32), np.empty(0), np.empty(0))
    precision, recall, thresholds = precision_recall_curve(is_copy, scores)
    return Curve(thresholds[::-1], recall[-2::-1], precision[-2::-1])


def micro_ap(pr: "Curve") -> float:
    """Return the average precision over the pairs of all queries in one list: the sum of precision times recall gained.

    The measure of Douze et al., The 2021 Image Similarity Dataset and Challenge, section 5. Unlike mAP, it needs one
    threshold for all queries.
    """
    return float(np.sum(pr.precision * np.diff(pr.recall, prepend=0.0)))


def recall_at(pr: "Curve", precision: float) -> tuple[float, float]:
    """Return the greatest recall with at least that precision, and its threshold; (0, inf) if there is none."""
    good = np.flatnonzero(pr.precision >= precision)
    if not len(good):
        return 0.0, float("inf")
    return float(pr.recall[good[-1]]), float(pr.thresholds[good[-1]])


def downsample(pr: "Curve", points: int) -> list[tuple[float, float]]:
    """Return at most so many (recall, precision) points for drawing, evenly spaced by recall, with both ends."""
    wanted = np.linspace(0, pr.recall[-1], points - 1) if len(pr.recall) else np.empty(0)
    rows = np.unique(np.searchsorted(pr.recall, wanted).clip(0, len(pr.recall) - 1))
    pairs = zip(pr.recall[rows].tolist(), pr.precision[rows].tolist(), strict=True)
    return [(round(recall, 4), round(precision, 4)) for recall, precision in pairs]


@dataclass(frozen=True)
class Curve:
    """(T,) distinct scores in descending order as thresholds, with recall and precision, 0..1, at each."""

    thresholds: Floats
    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
