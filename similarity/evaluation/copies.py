"""How surely a copy is told from all other pictures, alteration by alteration.

Every altered picture is compared with every original: N copies of one alteration make N pairs that should be called
copies (each with its own original) and N x (N - 1) that should not. A pair is called a copy where its score reaches a
threshold. "Recall at 99.9 % precision" is the greatest share of the true pairs that a threshold accepts while at most
one in a thousand of all accepted pairs is false; the threshold is set once on the pairs of all alterations together,
as a site has one threshold, not one per mishap. `recall_alone` sets it on the pairs of one alteration by itself.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from similarity.evaluation import background, precision
from similarity.evaluation.altering import Comparison, Originals
from similarity.evaluation.precision import Curve
from similarity.vision.contract import Recipe

Floats = NDArray[np.float32]

PRECISION = 0.999
CURVE_POINTS = 200
WEIGHTS = (0.5, 1.0, 2.0)  # of the background, to be compared


def measure(comparison: Comparison, recipe: Recipe) -> "CopyScores":
    """Raw cosine, and the same with the likeness to the background taken off."""
    plain = comparison.against_database(recipe)  # (T, N, N)
    to_background = comparison.against_background(recipe)  # (T, N, B)
    by_weight = {
        weight: np.stack(
            [background.normalised(*pair, weight=weight) for pair in zip(plain, to_background, strict=True)]
        )
        for weight in WEIGHTS
    }
    normal = by_weight[background.WEIGHT]
    raw_curve, normal_curve = pooled(plain), pooled(normal)
    recall, threshold = precision.recall_at(raw_curve, PRECISION)
    normal_recall, normal_threshold = precision.recall_at(normal_curve, PRECISION)
    return CopyScores(
        pictures=plain.shape[1],
        background=to_background.shape[2],
        recall=recall,
        recall_normalised=normal_recall,
        micro_ap=precision.micro_ap(raw_curve),
        micro_ap_normalised={str(weight): precision.micro_ap(pooled(one)) for weight, one in by_weight.items()},
        alterations={
            name: AlterationScores(
                recall=accepted(plain[place], threshold),
                recall_alone=precision.recall_at(pooled(plain[place : place + 1]), PRECISION)[0],
                recall_normalised=accepted(normal[place], normal_threshold),
            )
            for place, name in enumerate(comparison.names)
        },
        curve=precision.thinned(raw_curve, CURVE_POINTS),
        curve_normalised=precision.thinned(normal_curve, CURVE_POINTS),
    )


def pooled(scores: Floats) -> Curve:
    """(T, N, N) -> the curve of all its pairs; those on the diagonals are the true ones."""
    is_copy = np.broadcast_to(np.eye(scores.shape[1], dtype=bool), scores.shape)
    return precision.curve(scores.ravel(), is_copy.ravel())


def accepted(scores: Floats, threshold: float) -> float:
    """(N, N) -> the share of true pairs that reach the threshold."""
    return float((np.diagonal(scores) >= threshold).mean()) if scores.size else 0.0


def look_alikes(originals: Originals, recipe: Recipe, most: int = 5) -> list[tuple[int, int, float]]:
    """The unaltered originals that come nearest to each other: copies nobody knew of show here, and they alone can
    hold a threshold up. (i, j, cosine), the nearest first."""
    stored = originals.stored[recipe][: len(originals.paths)]
    similar = stored @ stored.T
    above = np.triu_indices(len(similar), 1)
    order = np.argsort(-similar[above], kind="stable")[:most]
    return [(int(i), int(j), float(similar[i, j])) for i, j in zip(above[0][order], above[1][order], strict=True)]


@dataclass(frozen=True)
class AlterationScores:
    """Shares of the true pairs of one alteration, 0..1."""

    recall: float  # at the threshold of all alterations
    recall_alone: float
    recall_normalised: float


@dataclass(frozen=True)
class CopyScores:
    """Of one recipe over all alterations; shares 0..1, curves as (recall, precision)."""

    pictures: int
    background: int
    recall: float
    recall_normalised: float
    micro_ap: float
    micro_ap_normalised: dict[str, float]  # by the weight of the background
    alterations: dict[str, AlterationScores]
    curve: list[tuple[float, float]] = field(repr=False)
    curve_normalised: list[tuple[float, float]] = field(repr=False)
