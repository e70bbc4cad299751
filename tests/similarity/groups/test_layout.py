import numpy as np
import pytest

from similarity.groups.graphs import grid, knn_graph, layout


def unplaced(count: int) -> np.ndarray:
    return np.full((count, 2), np.nan, np.float32)


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def placed(vectors: np.ndarray, before: np.ndarray | None = None) -> np.ndarray:
    graph = knn_graph.build(vectors)
    raw = layout.build(graph, vectors, unplaced(len(vectors)) if before is None else before)
    return grid.snapped(grid.fitted(raw))


def clusters(count: int, of: int, seed: int = 0) -> np.ndarray:
    """`of` clusters of vectors with `count` vectors each."""
    rng = np.random.default_rng(seed)
    return unit(np.repeat(rng.normal(size=(of, 32)), count, axis=0) + rng.normal(scale=0.2, size=(of * count, 32)))


@pytest.mark.parametrize(
    "vectors",
    [
        np.zeros((0, 8), np.float32),
        unit(np.ones((1, 8))),
        unit(np.eye(5)),
        unit(np.ones((5, 8))),
        unit(np.ones((60, 8))),
        clusters(40, 3),
        np.vstack([unit(np.ones((30, 32))), clusters(30, 1)]),
    ],
    ids=["none", "one", "five", "five equal", "sixty equal", "unconnected", "half equal"],
)
def test_every_collection_gets_finite_and_distinct_positions(vectors):
    points = placed(vectors)

    assert points.shape == (len(vectors), 2)
    assert np.isfinite(points).all()
    assert ((points >= 0) & (points <= 1)).all()
    assert len(np.unique(points, axis=0)) == len(vectors)


def test_works_of_one_cluster_lie_together():
    points = placed(clusters(40, 3))

    apart = np.linalg.norm(points[:, None] - points, axis=2)
    nearest = apart.argsort(axis=1)[:, 1:6]
    assert (nearest // 40 == np.arange(120)[:, None] // 40).mean() > 0.9


def test_the_same_vectors_get_the_same_layout():
    vectors = clusters(20, 3)

    assert (placed(vectors) == placed(vectors)).all()


def test_a_rebuild_with_some_more_works_keeps_the_others_near_their_places():
    vectors = clusters(60, 4)
    is_old = np.arange(len(vectors)) % 20 != 0
    before = unplaced(len(vectors))
    before[is_old] = placed(vectors[is_old])

    after = placed(vectors, before)

    moved = np.linalg.norm(after[is_old] - before[is_old], axis=1)
    assert np.median(moved) < 0.1
    new = np.flatnonzero(~is_old)
    own_cluster = [after[(np.arange(len(vectors)) // 60 == row // 60) & is_old].mean(axis=0) for row in new]
    assert np.median(np.linalg.norm(after[new] - own_cluster, axis=1)) < 0.2


def test_outliers_do_not_shrink_the_rest():
    points = np.random.default_rng(0).uniform(size=(1_000, 2)).astype(np.float32)
    points[0] = 1_000, 1_000

    fitted = grid.fitted(points)

    assert fitted[1:].std() > 0.2
    assert fitted[0].tolist() == pytest.approx([1, 1], abs=0.05)


def test_neighbours_on_the_curve_are_near():
    points = np.random.default_rng(0).uniform(size=(4_096, 2)).astype(np.float32)

    ordered = points[grid.curve(points)]

    assert np.median(np.linalg.norm(np.diff(ordered, axis=0), axis=1)) < 0.05
