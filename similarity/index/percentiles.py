"""What a distance means: how many of a space's random pairs are farther apart. People never see a bare cosine."""

from collections.abc import Sequence
from math import exp, floor
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SAMPLE = 600  # pictures; gives about 180,000 pairs
LEAST_PICTURES = 20  # fewer pairs than this gives say nothing
STEPS = 1000  # a tenth of a per cent
NEAR, NEARER = STEPS // 100, 1  # steps between which the slope is taken by which pairs thin out
LEAST_WIDTH = 1e-6  # where all pictures are alike, nothing is divided by nothing


def measure(vectors: NDArray[np.float32], metric: str) -> list[float]:
    """(N, D) -> STEPS + 1 distances of random pairs, ascending: the quantiles at 0, 0.1 ... 100 %."""
    return quantiles_of(between(vectors, vectors, metric)[np.triu_indices(len(vectors), k=1)])


def between(a: NDArray[np.float32], b: NDArray[np.float32], metric: str) -> NDArray[np.floating[Any]]:
    """(N, D), (M, D) -> (N, M) distances."""
    products = a @ b.T
    if metric == "l2":
        return np.sqrt(np.maximum(np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1) - 2 * products, 0))
    if metric == "cosine":
        return 1 - products / np.outer(np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1))
    return -products


def quantiles_of(pairs: NDArray[np.floating[Any]]) -> list[float]:
    return np.quantile(pairs, np.linspace(0, 1, STEPS + 1)).astype(float).tolist()


def closer_than(distance: float, quantiles: Sequence[float], views: int = 1) -> float | None:
    """Return per cent of random pairs that are farther apart, 0..100 in tenths; None while nothing was measured.

    The best of several views is nearer by chance. This is corrected for as by Sidak (1967): of the best of that many
    random pairs, the share that is farther apart.
    """
    if not quantiles:
        return None
    nearer = min(int(np.searchsorted(quantiles, distance, side="left")), STEPS) / STEPS
    return float(round(100 * (1 - nearer) ** views, 1))


def neg_log_p(distances: Floats, quantiles: Sequence[float], views: int = 1) -> Floats:
    """(N,) -> (N,), 0 or more: minus the natural logarithm of the share of random pairs that are as near.

    Nearer than all but the last tenth of a per cent, shares go on falling by the slope that they have from the last
    per cent on: so the order among the very nearest, whose percentiles are all alike, is that of their distances.
    """
    shares = np.interp(distances, quantiles, np.linspace(0, 1, STEPS + 1)).clip(NEARER / STEPS, 1)
    slope = (np.log(NEAR) - np.log(NEARER)) / max(quantiles[NEAR] - quantiles[NEARER], LEAST_WIDTH)
    beyond = slope * (quantiles[NEARER] - distances).clip(0)
    with np.errstate(divide="ignore"):  # a share of 1 stays 1
        of_best = -np.expm1(views * np.log1p(-shares))  # Sidak (1967), as in closer_than
    return np.asarray((beyond - np.log(of_best)).clip(0))


def percent_of(neg_log_p: float) -> float:
    """Per cent of pairs that are not as near, 0..100 in tenths, rounded down."""
    return floor(1000 * (1 - exp(-neg_log_p))) / 10


def around(distances: Floats) -> list[float]:
    """(N,) -> quantiles to stand in for those of random pairs while these are unknown: of a normal distribution."""
    normal = NormalDist(float(distances.mean()), max(float(distances.std()), LEAST_WIDTH))
    return [normal.inv_cdf((step + 0.5) / (STEPS + 1)) for step in range(STEPS + 1)]
