"""A collection of any size grown from some hundred or thousand real descriptors, as real ones grow.

Real descriptors, taken as ever larger samples, say how near neighbours come with every doubling. The collection grows
by doublings, too: every vector has a child at such a distance. The way there leans towards and away from the nearest
real neighbours of the real vector that the line began with, and what neighbours can't explain is added as noise that
has the covariance of what they really leave unexplained. So a prefix of it is a smaller collection of the same kind.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scale import extrapolation

NEAR = 10  # real neighbours that a new vector leans on
# Tried on 1,764 whitened descriptors of paintings (MobileNetV2): with these, the tenth neighbour and the local
# dimension at 30,000 and 120,000 are what samples of 220 to 1,764 real ones lead one to expect.
LEANING = 0.3  # standard deviation of the share taken of each neighbour's difference
STRIDE = 1.2  # a child is nearly always its parent's nearest, sometimes not, so it is put somewhat farther off
RATIOS = (0.02, 1.6)  # least and greatest step, by the middling one: real first neighbours vary so much
BATCH = 5_000
CHUNK = 50_000  # vectors compared at a time
DIMENSION_NEIGHBOURS = 20
SHAPE_QUERIES = 500

Halves = NDArray[np.float16]  # as the database stores them
Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Crowd:
    vectors: Halves  # (N, D), rows of length 1, the real ones first
    roots: Rows  # (N,): the real vector that each comes from


@dataclass(frozen=True)
class Shape:
    """How vectors lie among each other. Distances are cosine distances, the medians over some hundred of them."""

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
    """(Q, k): for each of (Q,) rows the k others nearest to it, nearest first; of those admitted (N,), if said.

    Exact, among the vectors as given. -1 where there are fewer than k.
    """
    return ranked(vectors, rows, k, admitted)[0]


def ranked(
    vectors: Halves | Vectors, rows: Rows, k: int, admitted: NDArray[np.bool_] | None = None
) -> tuple[Rows, NDArray[np.float32]]:
    """As `nearest`, and (Q, k) cosines beside it; -inf where there are fewer than k."""
    asked = vectors[rows].astype(np.float32)
    best = np.full((len(rows), k), -1, np.int64)
    cosines = np.full((len(rows), k), -np.inf, np.float32)
    for start in range(0, len(vectors), CHUNK):
        alike = asked @ vectors[start : start + CHUNK].astype(np.float32).T  # (Q, chunk)
        if admitted is not None:
            alike[:, ~admitted[start : start + CHUNK]] = -np.inf
        own = np.flatnonzero((rows >= start) & (rows < start + alike.shape[1]))
        alike[own, rows[own] - start] = -np.inf
        here = np.argpartition(-alike, min(k, alike.shape[1]) - 1, axis=1)[:, :k]
        both = np.concatenate([cosines, np.take_along_axis(alike, here, axis=1)], axis=1)
        both_rows = np.concatenate([best, here + start], axis=1)
        order = np.argsort(-both, axis=1)[:, :k]
        cosines, best = np.take_along_axis(both, order, axis=1), np.take_along_axis(both_rows, order, axis=1)
    best[np.isneginf(cosines)] = -1
    return best, cosines


def shape(vectors: Halves | Vectors, seed: int = 2) -> Shape:
    """From (N, D) unit rows, N of 21 or more."""
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(vectors))[:SHAPE_QUERIES].astype(np.int64)
    away = np.maximum(1 - ranked(vectors, rows, DIMENSION_NEIGHBOURS)[1], 1e-6)  # (Q, 20) cosine distances
    logs = 0.5 * np.log(away)  # of Euclidean distances, but for a constant
    dimension = 1 / float(np.mean(logs[:, -1:] - logs[:, :-1]))
    return Shape(len(vectors), float(np.median(away[:, 0])), float(np.median(away[:, 9])), dimension)


def shapes_by_size(real: Vectors, seed: int = 4) -> list[Shape]:
    """Of random samples of an eighth, a quarter and a half of (R, D), and of all."""
    order = np.random.default_rng(seed).permutation(len(real))
    return [shape(real[order[: len(real) // part]]) for part in (8, 4, 2, 1)]


def grow(real: Vectors, count: int, seed: int = 1) -> Crowd:
    """(R, D) unit rows -> count of them. Besides the result it holds one batch at a time."""
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
    return Crowd(vectors, roots)


def first_by_size(real: Vectors) -> extrapolation.Power:
    """The median distance to the nearest among ever more real ones."""
    seen = shapes_by_size(real)
    return extrapolation.power([each.count for each in seen], [each.first for each in seen])


def first_ratios(real: Vectors) -> NDArray[np.float32]:
    """(R,): each one's distance to its nearest, by the median of all."""
    away = 1 - ranked(real, np.arange(len(real)), 1)[1][:, 0]
    return np.clip(away / np.median(away), *RATIOS)


def unexplained(real: Vectors, near: Rows) -> Vectors:
    """(R, D): what of each one no mixture of its neighbours (shares may be negative, their sum is 1) gives."""
    left = np.empty_like(real)
    for row, group in enumerate(near):
        middle = real[group].mean(axis=0)
        shares, *_ = np.linalg.lstsq((real[group] - middle).T, real[row] - middle, rcond=None)
        left[row] = real[row] - middle - shares @ (real[group] - middle)
    return left


def directions(real: Vectors, near: Rows, left: Vectors, roots: Rows, rng: np.random.Generator) -> Vectors:
    """(n, D) for (n,) roots: the leaning, with noise that has the covariance of what is left unexplained."""
    differences = real[near[roots]] - real[roots][:, None]  # (n, NEAR, D)
    shares = LEANING * rng.standard_normal((len(roots), NEAR), dtype=np.float32)
    noise = rng.standard_normal((len(roots), len(left)), dtype=np.float32) @ left / np.float32(np.sqrt(len(left)))
    return np.einsum("nk,nkd->nd", shares, differences) + noise


def stepped(origin: Vectors, way: Vectors, distance: NDArray[np.float64]) -> Vectors:
    """(n, D) unit rows at these (n,) cosine distances from the origins (n, D), in the direction of `way`."""
    origin = origin / np.linalg.norm(origin, axis=1, keepdims=True)
    across = way - (way * origin).sum(axis=1, keepdims=True) * origin
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    cosine = (1 - np.clip(distance, 1e-3, 0.95)).astype(np.float32)[:, None]
    return cosine * origin + np.sqrt(1 - cosine**2) * across
