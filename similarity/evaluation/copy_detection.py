"""How surely a copy is told from all other pictures, alteration by alteration.

Every altered picture is compared with every original: N copies of one alteration make N pairs that should be called
copies (each with its own original) and N x (N - 1) that should not. A pair is called a copy where its score reaches a
threshold. "Recall at 99.9 % precision" is the greatest share of the true pairs that a threshold accepts while at most
one in a thousand of all accepted pairs is false; the threshold is set once on the pairs of all alterations together,
as a site has one threshold, not one per mishap. `recall_alone` sets it on the pairs of one alteration by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from similarity.evaluation.altering import Comparison, Originals
from similarity.measures import copy_intervals, precision, score_normalisation
from similarity.measures.bootstrap import Interval
from similarity.measures.copy_intervals import CopyIntervals
from similarity.measures.precision import Curve
from similarity.vision.contract import Recipe

Floats = NDArray[np.float32]

PRECISION = 0.999
CURVE_POINTS = 200
WEIGHTS = (0.5, 1.0, 2.0)  # of the background, to be compared


def measure(comparison: Comparison, recipe: Recipe) -> "CopyScores":
    """Raw cosine, and the same with the likeness to the background taken off."""
    return measure_scores(comparison.names, comparison.against_database(recipe), comparison.against_background(recipe))


def measure_scores(names: Sequence[str], scores: Floats, to_background: Floats) -> "CopyScores":
    """Measure T alterations of N pictures by the cosines of the altered pictures.

    `scores`: (T, N, N), to the originals. `to_background`: (T, N, B), to pictures that are never altered.
    """
    plain = score(scores)
    by_weight = {weight: score(normalised(scores, to_background, weight)) for weight in WEIGHTS}
    normal = by_weight[score_normalisation.WEIGHT]
    return CopyScores(
        pictures=scores.shape[1],
        background=to_background.shape[2],
        recall=plain.recall,
        recall_interval=plain.intervals.recall,
        recall_normalised=normal.recall,
        recall_normalised_interval=normal.intervals.recall,
        micro_ap=plain.micro_ap,
        micro_ap_interval=plain.intervals.micro_ap,
        micro_ap_normalised={str(weight): one.micro_ap for weight, one in by_weight.items()},
        micro_ap_normalised_interval={str(weight): one.intervals.micro_ap for weight, one in by_weight.items()},
        alterations={name: one_alteration(plain, normal, place) for place, name in enumerate(names)},
        curve=precision.downsample(plain.curve, CURVE_POINTS),
        curve_normalised=precision.downsample(normal.curve, CURVE_POINTS),
    )


def normalised(scores: Floats, to_background: Floats, weight: float) -> Floats:
    """(T, N, N), (T, N, B) -> (T, N, N)"""
    both = zip(scores, to_background, strict=True)
    return np.stack([score_normalisation.normalise(*pair, weight=weight) for pair in both])


def score(scores: Floats) -> "Scores":
    """(T, N, N)"""
    curve = pooled(scores)
    recall, threshold = precision.recall_at(curve, PRECISION)
    return Scores(
        scores, curve, recall, threshold, precision.micro_ap(curve), copy_intervals.measure(scores, PRECISION)
    )


def one_alteration(plain: "Scores", normal: "Scores", place: int) -> "AlterationScores":
    alone = score(plain.scores[place : place + 1])
    return AlterationScores(
        recall=accepted(plain.scores[place], plain.threshold),
        recall_interval=plain.intervals.alterations[place],
        recall_alone=alone.recall,
        recall_alone_interval=alone.intervals.recall,
        recall_normalised=accepted(normal.scores[place], normal.threshold),
        recall_normalised_interval=normal.intervals.alterations[place],
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
class Scores:
    """What there is to say of some scores."""

    scores: Floats  # (T, N, N)
    curve: Curve
    recall: float
    threshold: float
    micro_ap: float
    intervals: CopyIntervals


@dataclass(frozen=True)
class AlterationScores:
    """Shares of the true pairs of one alteration, 0..1, with 95 % intervals (low, high)."""

    recall: float  # at the threshold of all alterations
    recall_interval: Interval
    recall_alone: float
    recall_alone_interval: Interval
    recall_normalised: float
    recall_normalised_interval: Interval


@dataclass(frozen=True)
class CopyScores:
    """Of one recipe over all alterations; shares 0..1 with 95 % intervals, curves as (recall, precision)."""

    pictures: int
    background: int
    recall: float
    recall_interval: Interval
    recall_normalised: float
    recall_normalised_interval: Interval
    micro_ap: float
    micro_ap_interval: Interval
    micro_ap_normalised: dict[str, float]  # by the weight of the background
    micro_ap_normalised_interval: dict[str, Interval]
    alterations: dict[str, AlterationScores]
    curve: list[tuple[float, float]] = field(repr=False)
    curve_normalised: list[tuple[float, float]] = field(repr=False)
