"""Measure how reliably copies are distinguished from other pictures, for all alterations and for each.

Every altered picture is compared with every original. The N copies of one alteration form N true pairs, each with its
own original, and N * (N - 1) false pairs. A pair is accepted as a copy if its score reaches a threshold. "Recall at
99.9 % precision" is the greatest share of true pairs that a threshold accepts while at most one in a thousand accepted
pairs is false. One threshold is set on the pairs of all alterations together, because a site has one threshold.
`recall_alone` uses a threshold that is set on the pairs of one alteration.

Measures "normalised" use score normalisation with the background set (`measures.score_normalisation`).
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
WEIGHTS = (0.5, 1.0, 2.0)  # of score normalisation, to compare


def measure(comparison: Comparison, recipe: Recipe) -> "CopyScores":
    """Measure the cosines of one recipe, without and with score normalisation."""
    return measure_scores(comparison.names, comparison.against_database(recipe), comparison.against_background(recipe))


def measure_scores(names: Sequence[str], scores: Floats, to_background: Floats) -> "CopyScores":
    """Measure T alterations of N pictures.

    `scores`: (T, N, N) float32 cosines of the copies and the originals. `to_background`: (T, N, B) float32 cosines of
    the copies and the background set.
    """
    plain = score(scores)
    by_weight = {weight: score(normalise(scores, to_background, weight)) for weight in WEIGHTS}
    normalised = by_weight[score_normalisation.WEIGHT]
    return CopyScores(
        pictures=scores.shape[1],
        background=to_background.shape[2],
        recall=plain.recall,
        recall_interval=plain.intervals.recall,
        recall_normalised=normalised.recall,
        recall_normalised_interval=normalised.intervals.recall,
        micro_ap=plain.micro_ap,
        micro_ap_interval=plain.intervals.micro_ap,
        micro_ap_normalised={str(weight): one.micro_ap for weight, one in by_weight.items()},
        micro_ap_normalised_interval={str(weight): one.intervals.micro_ap for weight, one in by_weight.items()},
        alterations={name: one_alteration(plain, normalised, index) for index, name in enumerate(names)},
        curve=precision.downsample(plain.curve, CURVE_POINTS),
        curve_normalised=precision.downsample(normalised.curve, CURVE_POINTS),
    )


def normalise(scores: Floats, to_background: Floats, weight: float) -> Floats:
    """Return (T, N, N) normalised scores from (T, N, N) scores and (T, N, B) scores against the background set."""
    both = zip(scores, to_background, strict=True)
    return np.stack([score_normalisation.normalise(*pair, weight=weight) for pair in both])


def score(scores: Floats) -> "Scores":
    """Measure (T, N, N) scores of all alterations together."""
    curve = pooled_curve(scores)
    recall, threshold = precision.recall_at(curve, PRECISION)
    return Scores(
        scores, curve, recall, threshold, precision.micro_ap(curve), copy_intervals.measure(scores, PRECISION)
    )


def one_alteration(plain: "Scores", normalised: "Scores", index: int) -> "AlterationScores":
    alone = score(plain.scores[index : index + 1])
    return AlterationScores(
        recall=share_accepted(plain.scores[index], plain.threshold),
        recall_interval=plain.intervals.alterations[index],
        recall_alone=alone.recall,
        recall_alone_interval=alone.intervals.recall,
        recall_normalised=share_accepted(normalised.scores[index], normalised.threshold),
        recall_normalised_interval=normalised.intervals.alterations[index],
    )


def pooled_curve(scores: Floats) -> Curve:
    """Return the precision-recall curve of all pairs of (T, N, N) scores. Those on the diagonals are true pairs."""
    is_copy = np.broadcast_to(np.eye(scores.shape[1], dtype=bool), scores.shape)
    return precision.curve(scores.ravel(), is_copy.ravel())


def share_accepted(scores: Floats, threshold: float) -> float:
    """Return the share of true pairs, on the diagonal of (N, N) scores, that reach the threshold."""
    return float((np.diagonal(scores) >= threshold).mean()) if scores.size else 0.0


def look_alikes(originals: Originals, recipe: Recipe, most: int = 5) -> list[tuple[int, int, float]]:
    """Return the pairs of originals with the highest cosines as (i, j, cosine), the highest first.

    Unknown copies among the originals appear here. A single such pair can raise the threshold for all.
    """
    stored = originals.stored[recipe][: len(originals.paths)]
    similar = stored @ stored.T
    above = np.triu_indices(len(similar), 1)
    order = np.argsort(-similar[above], kind="stable")[:most]
    return [(int(i), int(j), float(similar[i, j])) for i, j in zip(above[0][order], above[1][order], strict=True)]


@dataclass(frozen=True)
class Scores:
    """The measures of some scores over all alterations."""

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
    """The measures of one recipe: shares 0..1 with 95 % intervals, curves as (recall, precision)."""

    pictures: int  # that were altered
    background: int  # size of the background set
    recall: float
    recall_interval: Interval
    recall_normalised: float
    recall_normalised_interval: Interval
    micro_ap: float
    micro_ap_interval: Interval
    micro_ap_normalised: dict[str, float]  # by weight of score normalisation
    micro_ap_normalised_interval: dict[str, Interval]
    alterations: dict[str, AlterationScores]
    curve: list[tuple[float, float]] = field(repr=False)
    curve_normalised: list[tuple[float, float]] = field(repr=False)
