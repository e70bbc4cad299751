"""The graph of the k nearest neighbours of N vectors.

Up to EXACT_UP_TO vectors, all pairs are compared. Above that, NN-descent approximates the neighbours (Dong, Moses and
Li, "Efficient k-nearest neighbor graph construction for generic similarity measures", WWW 2011; PyNNDescent).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 24
EXACT_UP_TO = 60_000  # comparing all pairs of 60,000 vectors of 512 numbers takes about two minutes on two cores
BLOCK_BYTES = 64 * 1024 * 1024  # memory of the distances that are computed at once


@dataclass(frozen=True)
class KnnGraph:
    """The k nearest rows of each of N rows, nearest first, and their cosine distances. No row is its own neighbour."""

    indices: NDArray[np.int64]  # (N, k)
    distances: NDArray[np.float32]  # (N, k), 0 to 2


def build(vectors: NDArray[np.float32], k: int = NEIGHBOURS, *, exact_up_to: int = EXACT_UP_TO) -> KnnGraph:
    """Return the graph of (N, D) unit vectors. If N <= k, each row has N - 1 neighbours."""
    k = max(min(k, len(vectors) - 1), 0)
    if len(vectors) <= exact_up_to or k == 0:
        return exact(vectors, k)
    return approximate(vectors, k)


def exact(vectors: NDArray[np.float32], k: int) -> KnnGraph:
    """Compare all pairs, a block of rows at a time. Equal distances are ordered by row."""
    count = len(vectors)
    indices, distances = np.empty((count, k), np.int64), np.empty((count, k), np.float32)
    rows = max(BLOCK_BYTES // (4 * max(count, 1)), 1)
    for start in range(0, count if k else 0, rows):
        block = 1.0 - vectors[start : start + rows] @ vectors.T
        own = np.arange(len(block))
        block[own, start + own] = np.inf
        nearest = np.argpartition(block, k - 1, axis=1)[:, :k]
        nearest.sort(axis=1)
        found = np.take_along_axis(block, nearest, axis=1)
        order = np.argsort(found, axis=1, kind="stable")
        indices[start : start + rows] = np.take_along_axis(nearest, order, axis=1)
        distances[start : start + rows] = np.take_along_axis(found, order, axis=1)
    return KnnGraph(indices, np.clip(distances, 0.0, 2.0))


def approximate(vectors: NDArray[np.float32], k: int) -> KnnGraph:
    """Find nearly all of the nearest neighbours by NN-descent with a fixed seed."""
    from pynndescent import NNDescent

    # one more: a row finds itself first, unless it has equal rows
    found, distances = NNDescent(vectors, metric="cosine", n_neighbors=k + 1, random_state=0).neighbor_graph
    own = found == np.arange(len(found))[:, None]
    own[~own.any(axis=1), -1] = True  # a row that did not find itself drops its last neighbour
    kept = ~own
    shape = (len(found), k)
    return KnnGraph(found[kept].reshape(shape).astype(np.int64), np.clip(distances[kept].reshape(shape), 0.0, 2.0))
