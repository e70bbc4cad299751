"""Clusters of N vectors in two levels, by k-means. The result is deterministic.

K-means starts from the clusters of an earlier version where they still fit, so that most vectors keep their cluster,
and else from Ward's clusters. Each vector is first moved towards its nearest neighbours, so that clusters follow dense
regions. Decision 47 has the measurements.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]

SMOOTHED_OVER = 8  # nearest neighbours that a vector is moved towards
SMOOTHED_TIMES = 2
FITTED_ON = 50_000  # vectors; the others are assigned to the nearest centre
STARTED_ON = 2_000  # vectors; the memory of Ward's method grows with the square of their number
LEAST_SIZE = 3  # works of a cluster, if there are more clusters than one
LEAST_PART = 8  # works of each part of a cluster that is divided again, on average
LEAST_SPREAD = 1e-3  # mean squared distance from the centre; vectors that lie closer are not divided
BLOCK = 8_192  # rows
NEW_LIMIT = 0.3  # share of the vectors that may be new; above it the clusters are made from scratch
NUMBER_TOLERANCE = 1 / 3  # by which the number of earlier clusters may differ from the one that is wanted
SPREAD_TOLERANCE = 1.06  # times the spread of clusters from scratch, up to which earlier clusters are continued


@dataclass(frozen=True)
class Clusters:
    """The cluster of each of N rows, in two levels, counted from 0 without gaps."""

    first: Rows  # (N,)
    second: Rows  # (N,), counted over all clusters of the first level; -1 in a cluster that is not divided


def build(vectors: Vectors, neighbours: Rows, earlier: Clusters | None = None) -> Clusters:
    """Return the clusters of (N, D) unit vectors. neighbours: (N, k) row numbers of their nearest neighbours.

    earlier: the clusters of the same rows in an earlier version, with gaps and -1 for new rows. They are continued
    where they still fit.
    """
    count = len(vectors)
    if earlier is None or (earlier.first < 0).mean() > NEW_LIMIT:
        earlier = Clusters(np.full(count, -1, np.int64), np.full(count, -1, np.int64))
    smooth = smoothed(vectors, neighbours)
    first = divided(smooth, clusters_for(count), least=least_first(count), earlier=earlier.first)
    second = np.full(count, -1, np.int64)
    found = 0
    for cluster in range(first.max(initial=-1) + 1):
        rows = np.flatnonzero(first == cluster)
        own = parts_within(rows, earlier.second)
        parts = divided(smooth[rows], parts_for(len(rows), count), least=LEAST_SIZE, earlier=own)
        if parts.max() > 0:
            second[rows] = found + parts
            found += int(parts.max()) + 1
    return Clusters(first, second)


def clusters_for(count: int) -> int:
    """Return the number of clusters of the first level: 5 for 200 vectors, 9 for 2,000, 18 for 30,000."""
    return max(round(1.4 * count**0.25), 1)


def parts_for(size: int, count: int) -> int:
    """Return the number of parts of a cluster of `size` of `count` vectors. The sum is about sqrt(count)."""
    return max(min(max(round(size / count**0.5), 3), size // LEAST_PART), 1)


def least_first(count: int) -> int:
    """Return the smallest size of a cluster of the first level: a fifth of the mean."""
    return max(count // (5 * clusters_for(count)), min(LEAST_SIZE, count))


def smoothed(vectors: Vectors, neighbours: Rows) -> Vectors:
    """Return (N, D) unit vectors: add the mean of its neighbours to each and normalise, SMOOTHED_TIMES times."""
    near = neighbours[:, :SMOOTHED_OVER]
    for _ in range(SMOOTHED_TIMES if near.shape[1] else 0):
        moved = np.empty_like(vectors)
        for start in range(0, len(vectors), BLOCK):
            block = vectors[start : start + BLOCK] + vectors[near[start : start + BLOCK]].mean(axis=1)
            moved[start : start + BLOCK] = block / np.maximum(np.linalg.norm(block, axis=1, keepdims=True), 1e-12)
        vectors = moved
    return vectors


def parts_within(rows: Rows, earlier: Rows) -> Rows:
    """Return the earlier clusters of these rows, -1 for none or if most of the cluster is elsewhere."""
    here = earlier[rows]
    sizes = np.bincount(earlier[earlier >= 0], minlength=1)
    is_own = 2 * np.bincount(here[here >= 0], minlength=len(sizes)) > sizes
    return np.where((here >= 0) & is_own[here], here, -1)


def divided(vectors: Vectors, count: int, *, least: int, earlier: Rows) -> Rows:
    """Return the cluster of each vector, of about `count`. Smaller clusters than `least` join the nearest others.

    earlier: the cluster of each vector in an earlier version, -1 for none.
    """
    if count < 2 or spread(vectors) < LEAST_SPREAD:
        return np.zeros(len(vectors), np.int64)
    centres = fitted_centres(vectors, count, earlier)
    while True:
        found = nearest_centre(vectors, centres)
        sizes = np.bincount(found, minlength=len(centres))
        smallest = int(sizes.argmin())
        if sizes[smallest] >= least or len(centres) == 1:
            return found
        centres = np.delete(centres, smallest, axis=0)


def spread(vectors: Vectors) -> float:
    """Return the mean squared distance of (N, D) vectors from their mean."""
    return float(np.square(vectors - vectors.mean(axis=0)).sum(axis=1).mean())


def fitted_centres(vectors: Vectors, count: int, earlier: Rows) -> Vectors:
    """Return (about `count`, D) centres by k-means on a sample.

    K-means starts from the earlier clusters if there are about as many of them, and if the clusters are nearly as dense
    as those from scratch.
    """
    from sklearn.cluster import KMeans

    sample = sampled(vectors, FITTED_ON)
    scratch = KMeans(count, init=ward_centres(sampled(sample, STARTED_ON), count), n_init=1).fit(sample)
    known = np.unique(earlier[earlier >= 0])
    if len(known) < 2 or abs(len(known) - count) > NUMBER_TOLERANCE * count:
        return scratch.cluster_centers_
    means = np.stack([vectors[earlier == cluster].mean(axis=0) for cluster in known])
    continued = KMeans(len(known), init=means, n_init=1).fit(sample)
    is_dense = continued.inertia_ <= SPREAD_TOLERANCE * scratch.inertia_
    return continued.cluster_centers_ if is_dense else scratch.cluster_centers_


def ward_centres(vectors: Vectors, count: int) -> Vectors:
    """Return the (count, D) means of `count` clusters by Ward's method (Ward 1963)."""
    from sklearn.cluster import AgglomerativeClustering

    found = AgglomerativeClustering(count).fit(vectors).labels_
    return np.stack([vectors[found == cluster].mean(axis=0) for cluster in range(count)])


def sampled(vectors: Vectors, count: int) -> Vectors:
    """Return at most `count` of the vectors, always the same ones."""
    if len(vectors) <= count:
        return vectors
    return vectors[np.sort(np.random.default_rng(0).permutation(len(vectors))[:count])]


def nearest_centre(vectors: Vectors, centres: Vectors) -> Rows:
    """Return the row of the nearest of (K, D) centres for each of (N, D) vectors."""
    lengths = np.square(centres).sum(axis=1)
    blocks = [
        (lengths - 2.0 * vectors[start : start + BLOCK] @ centres.T).argmin(axis=1)
        for start in range(0, len(vectors), BLOCK)
    ]
    return np.concatenate(blocks).astype(np.int64) if blocks else np.empty(0, np.int64)
