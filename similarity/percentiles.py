"""What a distance means: how many of a space's random pairs are farther apart. People never see a bare cosine."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE = 600  # pictures; gives about 180,000 pairs
LEAST_PICTURES = 20  # fewer pairs than this gives say nothing
STEPS = 1000  # a tenth of a per cent


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
    """Per cent of random pairs that are farther apart, 0..100 in tenths; None while nothing was measured.

    The best of several views is as near by chance that many times as often (Bonferroni), which is taken off.
    """
    if not quantiles:
        return None
    nearer = views * int(np.searchsorted(quantiles, distance, side="left"))
    return round(100 * (1 - min(nearer, STEPS) / STEPS), 1)
