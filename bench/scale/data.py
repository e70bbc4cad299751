"""Grow a collection of any size from a few hundred or thousand real descriptors.

Samples of the real descriptors show how the distance to the nearest neighbour shrinks with every doubling. The
collection grows by doublings, too: every vector gets a child at such a distance. All descendants of a real vector share
this root. The direction to a child is a weighted sum of the differences to the root's real neighbours, plus noise with
the covariance of what neighbours do not explain. A prefix of the collection is a smaller collection of the same kind.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scale import extrapolation

NEAR = 10  # real neighbours that determine the direction of a new vector
# Measured on 1,764 whitened descriptors of paintings (MobileNetV2): with these values, the distance of the tenth
# neighbour and the local dimension at 30,000 and 120,000 equal those extrapolated from samples of 220 to 1,764.
LEANING = 0.3  # standard deviation of the weight of each neighbour's difference
STRIDE = 1.2  # factor of a child's distance; a child is not always its parent's nearest, so it is put farther away
RATIOS = (0.02, 1.6)  # least and greatest step relative to the median, as of distances of real first neighbours
BATCH = 5_000
CHUNK = 50_000  # vectors compared at a time
DIMENSION_NEIGHBOURS = 20
SHAPE_QUERIES = 500

Halves = NDArray[np.float16]  # as the database stores them
Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class GrownVectors:
    vectors: Halves  # (N, D), rows of length 1, the real ones first
    roots: Rows  # (N,) row of the real vector that each is grown from


@dataclass(frozen=True)
class Shape:
    """The distances between vectors: cosine distances, medians over SHAPE_QUERIES vectors."""

    count: int
    first: float  # to the nearest neighbour
    tenth: float
    local_dimension: float  # Levina & Bickel 2004, averaged as by MacKay & Ghahramani, from 20 neighbours

    def __str__(self) -> str:
        return (
            f"{self.count:,}: nearest at {self.first:.3f}, tenth at {self.tenth:.3f}, "
            f"local dimension {self.local_dimension:.0f}"
        )


def nearest(vectors: Halves | Vectors, rows: Rows, k: int, admitted: NDArray[np.bool_] | None = None) -> Rows:
    """Return for each of (Q,) rows the (Q, k) rows of its k nearest others, the nearest first, by exact search.

    `admitted`: (N,) booleans, the rows to search. Missing neighbours are -1.
    """
    return ranked(vectors, rows, k, admitted)[0]


def ranked(
    vectors: Halves | Vectors, rows: Rows, k: int, admitted: NDArray[np.bool_] | None = None
) -> tuple[Rows, NDArray[np.float32]]:
    """Return the result of `nearest`, and (Q, k) cosines. Those of missing neighbours are -inf."""
    queries = vectors[rows].astype(np.float32)
    best = np.full((len(rows), k), -1, np.int64)
    cosines = np.full((len(rows), k), -np.inf, np.float32)
    for start in range(0, len(vectors), CHUNK):
        here = queries @ vectors[start : start + CHUNK].astype(np.float32).T  # (Q, chunk)
        if admitted is not None:
            here[:, ~admitted[start : start + CHUNK]] = -np.inf
        own = np.flatnonzero((rows >= start) & (rows < start + here.shape[1]))
        here[own, rows[own] - start] = -np.inf
        best_here = np.argpartition(-here, min(k, here.shape[1]) - 1, axis=1)[:, :k]
        both = np.concatenate([cosines, np.take_along_axis(here, best_here, axis=1)], axis=1)
        both_rows = np.concatenate([best, best_here + start], axis=1)
        order = np.argsort(-both, axis=1)[:, :k]
        cosines, best = np.take_along_axis(both, order, axis=1), np.take_along_axis(both_rows, order, axis=1)
    best[np.isneginf(cosines)] = -1
    return best, cosines


def shape(vectors: Halves | Vectors, seed: int = 2) -> Shape:
    """Measure (N, D) unit rows, with N > 20."""
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(vectors))[:SHAPE_QUERIES].astype(np.int64)
    away = np.maximum(1 - ranked(vectors, rows, DIMENSION_NEIGHBOURS)[1], 1e-6)  # (Q, 20) cosine distances
    logs = 0.5 * np.log(away)  # logarithms of Euclidean distances, up to a constant
    dimension = 1 / float(np.mean(logs[:, -1:] - logs[:, :-1]))
    return Shape(len(vectors), float(np.median(away[:, 0])), float(np.median(away[:, 9])), dimension)


def shapes_by_size(real: Vectors, seed: int = 4) -> list[Shape]:
    """Return the shapes of random samples of an eighth, a quarter and a half of (R, D) vectors, and of all."""
    order = np.random.default_rng(seed).permutation(len(real))
    return [shape(real[order[: len(real) // part]]) for part in (8, 4, 2, 1)]


def grow(real: Vectors, count: int, seed: int = 1) -> GrownVectors:
    """Grow (R, D) unit rows to `count` rows. Besides the result, one batch is in memory at a time."""
    rng = np.random.default_rng(seed)
    expected = first_by_size(real)
    steps = first_ratios(real)
    near = nearest(real, np.arange(len(real)), NEAR)
    left = unexplained(real, near)
    vectors, roots = np.empty((count, real.shape[1]), np.float16), np.empty(count, np.int64)
    done = min(len(real), count)
    vectors[:done], roots[:done] = real[:done], np.arange(done)
    while done < count:
        parents = rng.permutation(done)[: count - done]
        for start in range(0, len(parents), BATCH):
            chosen = parents[start : start + BATCH]
            born = slice(done + start, done + start + len(chosen))
            way = directions(real, near, left, roots[chosen], rng)
            distance = STRIDE * expected.at(born.start) * rng.choice(steps, size=len(chosen))
            vectors[born] = stepped(vectors[chosen].astype(np.float32), way, distance)
            roots[born] = roots[chosen]
        done += len(parents)
    return GrownVectors(vectors, roots)


def first_by_size(real: Vectors) -> extrapolation.Power:
    """Fit the median distance to the nearest neighbour as a power of the number of real vectors."""
    seen = shapes_by_size(real)
    return extrapolation.power([each.count for each in seen], [each.first for each in seen])


def first_ratios(real: Vectors) -> NDArray[np.float32]:
    """Return (R,) distances of each vector to its nearest, divided by their median."""
    away = 1 - ranked(real, np.arange(len(real)), 1)[1][:, 0]
    return np.clip(away / np.median(away), *RATIOS)


def unexplained(real: Vectors, near: Rows) -> Vectors:
    """Return (R, D) residuals of each vector after the best mixture of its neighbours (weights of any sign, sum 1)."""
    left = np.empty_like(real)
    for row, group in enumerate(near):
        middle = real[group].mean(axis=0)
        shares, *_ = np.linalg.lstsq((real[group] - middle).T, real[row] - middle, rcond=None)
        left[row] = real[row] - middle - shares @ (real[group] - middle)
    return left


def directions(real: Vectors, near: Rows, left: Vectors, roots: Rows, rng: np.random.Generator) -> Vectors:
    """Return (n, D) random directions for (n,) roots: weighted differences to neighbours, plus noise.

    The noise has the covariance of the residuals `left` (`unexplained`).
    """
    differences = real[near[roots]] - real[roots][:, None]  # (n, NEAR, D)
    shares = LEANING * rng.standard_normal((len(roots), NEAR), dtype=np.float32)
    noise = rng.standard_normal((len(roots), len(left)), dtype=np.float32) @ left / np.float32(np.sqrt(len(left)))
    return np.einsum("nk,nkd->nd", shares, differences) + noise


def stepped(origin: Vectors, way: Vectors, distance: NDArray[np.float64]) -> Vectors:
    """Return (n, D) unit rows at (n,) cosine distances from the (n, D) origins, in the directions `way` (n, D)."""
    origin = origin / np.linalg.norm(origin, axis=1, keepdims=True)
    across = way - (way * origin).sum(axis=1, keepdims=True) * origin
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    cosine = (1 - np.clip(distance, 1e-3, 0.95)).astype(np.float32)[:, None]
    return cosine * origin + np.sqrt(1 - cosine**2) * across
