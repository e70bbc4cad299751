"""Percentiles of distances: the share of a space's random pairs that are farther apart. People see these, not cosines.

The reference quantiles of a space are STEPS + 1 distances of random pairs, ascending, at 0, 0.1, ... 100 per cent.
"""

from collections.abc import Sequence
from math import exp, floor
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SAMPLE = 600  # pictures; about 180,000 pairs
LEAST_PICTURES = 20  # 190 pairs; fewer give no useful quantiles
STEPS = 1000  # of a tenth of a per cent each
NEAR, NEARER = STEPS // 100, 1  # the steps between which `neg_log_p` takes the slope that it extrapolates by
LEAST_WIDTH = 1e-6  # avoids a division by 0 where all pictures are alike


def measure(vectors: NDArray[np.float32], metric: str) -> list[float]:
    """Return the reference quantiles of all pairs of (N, D) float32 vectors: STEPS + 1 distances, ascending."""
    return quantiles_of(pairwise_distances(vectors, vectors, metric)[np.triu_indices(len(vectors), k=1)])


def pairwise_distances(a: NDArray[np.float32], b: NDArray[np.float32], metric: str) -> NDArray[np.floating[Any]]:
    """Return the (N, M) distances of (N, D) and (M, D) float32 vectors, as pgvector defines them for the metric."""
    products = a @ b.T
    if metric == "l2":
        return np.sqrt(np.maximum(np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1) - 2 * products, 0))
    if metric == "cosine":
        return 1 - products / np.outer(np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1))
    return -products


def quantiles_of(pairs: NDArray[np.floating[Any]]) -> list[float]:
    """Return the reference quantiles of these distances, given as (P,)."""
    return np.quantile(pairs, np.linspace(0, 1, STEPS + 1)).astype(float).tolist()


def closer_than(distance: float, quantiles: Sequence[float], views: int = 1) -> float | None:
    """Return the percentage of random pairs that are farther apart, 0 to 100 in tenths; None without quantiles.

    The nearest of several views is nearer by chance. This is corrected as by Sidak (1967): the percentage is that of
    samples of `views` random pairs in which even the nearest pair is farther apart.
    """
    if not quantiles:
        return None
    nearer = min(int(np.searchsorted(quantiles, distance, side="left")), STEPS) / STEPS
    return float(round(100 * (1 - nearer) ** views, 1))


def neg_log_p(distances: Floats, quantiles: Sequence[float], views: int = 1) -> Floats:
    """Return for (N,) distances minus the natural logarithm of the share of random pairs that are as near: (N,), >= 0.

    Below the quantile of a tenth of a per cent, the logarithm is extrapolated linearly with its slope between one per
    cent and a tenth. So the nearest distances, which have the same percentile, still differ.
    """
    shares = np.interp(distances, quantiles, np.linspace(0, 1, STEPS + 1)).clip(NEARER / STEPS, 1)
    slope = (np.log(NEAR) - np.log(NEARER)) / max(quantiles[NEAR] - quantiles[NEARER], LEAST_WIDTH)
    beyond = slope * (quantiles[NEARER] - distances).clip(0)
    with np.errstate(divide="ignore"):  # a share of 1 stays 1
        corrected = -np.expm1(views * np.log1p(-shares))  # Sidak (1967), as in closer_than
    return np.asarray((beyond - np.log(corrected)).clip(0))


def percent_of(neg_log_p: float) -> float:
    """Return the percentage of pairs that are farther apart, 0 to 100 in tenths, rounded down."""
    return floor(1000 * (1 - exp(-neg_log_p))) / 10


def quantiles_around(distances: Floats) -> list[float]:
    """Return quantiles of a normal distribution with the mean and deviation of (N,) distances.

    They stand in for the reference quantiles of a space that has none yet.
    """
    normal = NormalDist(float(distances.mean()), max(float(distances.std()), LEAST_WIDTH))
    return [normal.inv_cdf((step + 0.5) / (STEPS + 1)) for step in range(STEPS + 1)]
