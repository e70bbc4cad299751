"""Outlier scores of N vectors: among all vectors, and among those of the same kind."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from similarity.groups.graphs.knn_graph import BLOCK_BYTES, KnnGraph

NEAREST = 8  # neighbours whose mean distance is the score
LEAST_OF_KIND = 20  # fewer works of a kind say little about what is usual among them
NO_KIND = -1

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


def mean_distances(distances: Floats, nearest: int = NEAREST) -> Floats:
    """Return the mean distance of each row to its nearest neighbours, (N,). distances: (N, k), ascending.

    Rows without neighbours get 0.
    """
    return distances[:, :nearest].mean(axis=1) if distances.shape[1] else np.zeros(len(distances), np.float32)


def within_kinds(vectors: Floats, graph: KnnGraph, kinds: Numbers) -> tuple[Floats, Numbers]:
    """Return the mean distance of each row to the nearest rows of its kind, (N,), and the nearest of these, (N,).

    vectors: (N, D), of length 1. kinds: (N,), NO_KIND for a row without a kind. A row of no kind, or of a kind with
    fewer than LEAST_OF_KIND rows, gets NaN and -1.
    """
    scores, nearest = np.full(len(kinds), np.nan, np.float32), np.full(len(kinds), -1, np.int64)
    values, counts = np.unique(kinds, return_counts=True)
    for kind in values[(counts >= LEAST_OF_KIND) & (values != NO_KIND)]:
        members = np.flatnonzero(kinds == kind)
        is_same = kinds[graph.indices[members]] == kind
        has_enough = is_same.sum(axis=1) >= NEAREST
        known = members[has_enough]
        counted = is_same[has_enough] & (np.cumsum(is_same[has_enough], axis=1) <= NEAREST)
        scores[known] = (graph.distances[known] * counted).sum(axis=1) / NEAREST
        nearest[known] = graph.indices[known, counted.argmax(axis=1)]
        for some, distances in compared(vectors, members[~has_enough], members):
            order = np.argpartition(distances, NEAREST - 1, axis=1)[:, :NEAREST]
            scores[some] = np.take_along_axis(distances, order, axis=1).mean(axis=1)
            nearest[some] = members[distances.argmin(axis=1)]
    return scores, nearest


def compared(vectors: Floats, rows: Numbers, members: Numbers) -> Iterator[tuple[Numbers, Floats]]:
    """Yield some of these rows at a time with their (R, M) distances to the members, inf from a row to itself."""
    size = max(BLOCK_BYTES // (4 * len(members)), 1)
    others = vectors[members] if len(rows) else vectors[:0]
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        distances = np.clip(1.0 - vectors[some] @ others.T, 0.0, 2.0)
        distances[some[:, None] == members] = np.inf
        yield some, distances
