"""How typical each vector is of its cluster, the most typical ones, and which clusters are near to each other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]

CANDIDATES = 4  # considered for each vector that is chosen: the most typical ones
VARIETY = 0.5  # weight of the similarity to a chosen vector, which is subtracted from the typicality


def centres(vectors: Vectors, clusters: Rows) -> Vectors:
    """Return the (K, D) unit vectors that point to the means of the clusters. Rows of the cluster -1 have none."""
    sums = np.zeros((int(clusters.max(initial=-1)) + 1, vectors.shape[1]), np.float32)
    inside = clusters >= 0
    np.add.at(sums, clusters[inside], vectors[inside])
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)


def typicality(vectors: Vectors, clusters: Rows, of: Vectors) -> NDArray[np.float32]:
    """Return the cosine similarity, 0 to 1, of each vector to the centre of its cluster. `of`: the centres."""
    similarity = np.einsum("nd,nd->n", vectors, of[clusters]) if len(of) else np.ones(len(vectors), np.float32)
    return np.clip(similarity, 0.0, 1.0)


def most_typical(vectors: Vectors, typical: NDArray[np.float32], count: int) -> list[int]:
    """Return at most `count` rows, the most typical first, each unlike those before it (maximal marginal relevance)."""
    pool = np.argsort(-typical, kind="stable")[: count * CANDIDATES]
    chosen: list[int] = []
    nearest = np.zeros(len(pool), np.float32)
    while len(chosen) < min(count, len(pool)):
        score = typical[pool] - VARIETY * nearest
        score[np.isin(pool, chosen)] = -np.inf
        row = int(pool[score.argmax()])
        chosen.append(row)
        nearest = np.maximum(nearest, vectors[pool] @ vectors[row])
    return chosen


def nearest_clusters(of: Vectors, count: int) -> list[Sequence[int]]:
    """Return for each of (K, D) unit centres the `count` clusters whose centres are nearest."""
    similarity = of @ of.T
    np.fill_diagonal(similarity, -np.inf)
    order = np.argsort(-similarity, axis=1, kind="stable")[:, : max(min(count, len(of) - 1), 0)]
    return [row.tolist() for row in order]
