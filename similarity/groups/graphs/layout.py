"""Positions of N works on a plane, so that near works in the graph are near on the plane.

The layout is UMAP (McInnes, Healy and Melville 2018) on the stored graph, from a given start: principal components, or
the positions of the previous layout. A fixed seed gives the same layout for the same graph and start.
"""

import numpy as np
from numpy.typing import NDArray

from similarity.groups.graphs.knn_graph import KnnGraph

Floats = NDArray[np.float32]

FEW = 16  # rows; fewer are placed by their principal components alone
SEED = 0
EXTENT = 14.0  # side of the square that principal components fill
SETTLED = 28.0  # longer side of a finished layout, measured on 1,000 to 30,000 vectors
MIN_DIST = 0.3
EPOCHS = 300
EPOCHS_LARGE = 200  # from LARGE rows
LARGE = 50_000
REBUILD_EPOCHS = 60  # of a layout that starts from positions
REBUILD_RATE = 0.1  # its first learning rate; a new layout has 1
NEW_ROUNDS = 4  # in which rows without a position take the mean of neighbours that have one


def build(graph: KnnGraph, vectors: Floats, before: Floats) -> Floats:
    """Return (N, 2) positions of N vectors (N, D) with this graph. Their scale and origin have no meaning.

    before: (N, 2) positions in an earlier layout, NaN for rows without one. If most rows have one, the layout stays
    close to it.
    """
    if len(vectors) < FEW or graph.indices.shape[1] < 2:
        return np.asarray(principal(vectors), np.float32)
    if np.isnan(before[:, 0]).mean() > 0.5:
        epochs = EPOCHS if len(vectors) < LARGE else EPOCHS_LARGE
        return turned(optimise(graph, spread(principal(vectors)), epochs, 1.0))
    return optimise(graph, scaled(filled(graph, before)), REBUILD_EPOCHS, REBUILD_RATE)


def principal(vectors: Floats) -> Floats:
    """Return the coordinates (N, 2) of vectors (N, D) on their first two principal axes."""
    if not len(vectors):
        return np.empty((0, 2), np.float32)
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)  # by ascending variance
    return np.asarray(centred @ axes[:, -2:][:, ::-1], np.float32)


def spread(points: Floats) -> Floats:
    """Return (N, 2) points with both axes of length EXTENT, and noise that separates equal points."""
    lengths = np.maximum(np.ptp(points, axis=0), 1e-9)
    noise = np.random.default_rng(SEED).normal(scale=EXTENT / 1_000, size=points.shape)
    return np.asarray((points - points.min(axis=0)) / lengths * EXTENT + noise, np.float32)


def scaled(points: Floats) -> Floats:
    """Return (N, 2) points whose longer axis has the length of a finished layout, with a little noise."""
    longest = max(float(np.ptp(points, axis=0).max()), 1e-9)
    noise = np.random.default_rng(SEED).normal(scale=SETTLED / 10_000, size=points.shape)
    return np.asarray((points - points.min(axis=0)) / longest * SETTLED + noise, np.float32)


def turned(points: Floats) -> Floats:
    """Return (N, 2) points turned so that they extend along the first axis, as screens do."""
    _, axes = np.linalg.eigh(np.cov(points.T))
    return np.asarray((points - points.mean(axis=0)) @ axes[:, ::-1], np.float32)


def filled(graph: KnnGraph, before: Floats) -> Floats:
    """Return (N, 2) positions: a row without one takes the mean of its placed neighbours, or of all."""
    points = before.copy()
    for _ in range(NEW_ROUNDS):
        missing = np.flatnonzero(np.isnan(points[:, 0]))
        near = points[graph.indices[missing]]
        is_placed = ~np.isnan(near[:, :, 0])
        can = is_placed.any(axis=1)
        sums = np.where(is_placed[can, :, None], near[can], 0.0).sum(axis=1)
        points[missing[can]] = sums / is_placed[can].sum(axis=1, keepdims=True)
    points[np.isnan(points[:, 0])] = np.nanmean(before, axis=0)
    return points


def optimise(graph: KnnGraph, start: Floats, epochs: int, rate: float) -> Floats:
    """Return the positions (N, 2) after this number of epochs of UMAP from `start`, in one thread."""
    from umap.layouts import optimize_layout_euclidean
    from umap.umap_ import find_ab_params, make_epochs_per_sample

    edges = fuzzy_edges(graph).tocoo()
    is_used = edges.data >= edges.data.max() / epochs  # a weaker edge would never be sampled
    head, tail, weights = edges.row[is_used], edges.col[is_used], edges.data[is_used]
    a, b = find_ab_params(1.0, MIN_DIST)
    state = np.random.RandomState(SEED).randint(np.iinfo(np.int32).min + 1, np.iinfo(np.int32).max - 1, 3)
    points = start.copy()
    return np.asarray(
        optimize_layout_euclidean(
            points, points, head.astype(np.int32), tail.astype(np.int32), epochs, len(points),
            make_epochs_per_sample(weights, epochs), a, b, state.astype(np.int64), gamma=1.0, initial_alpha=rate,
            negative_sample_rate=5.0, parallel=False, verbose=False,
        ),
        np.float32,
    )  # fmt: skip


def fuzzy_edges(graph: KnnGraph):  # type: ignore[no-untyped-def]  # a sparse matrix of scipy, which has no types
    """Return UMAP's symmetric (N, N) sparse matrix of edge weights, 0 to 1."""
    from umap.umap_ import fuzzy_simplicial_set

    count, k = graph.indices.shape
    own = np.arange(count)[:, None]
    indices = np.hstack([own, graph.indices]).astype(np.int32)
    distances = np.hstack([np.zeros((count, 1)), graph.distances]).astype(np.float32)
    none = np.empty((count, 1), np.float32)  # only its length is read
    edges, _, _ = fuzzy_simplicial_set(
        none, k + 1, np.random.RandomState(SEED), "cosine", knn_indices=indices, knn_dists=distances
    )
    return edges
