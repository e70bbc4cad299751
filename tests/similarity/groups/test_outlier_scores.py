import numpy as np
import pytest

from similarity.groups.graphs import knn_graph, outlier_scores
from similarity.groups.graphs.outlier_scores import LEAST_OF_KIND, NEAREST, NO_KIND


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def vectors() -> np.ndarray:
    """Two hundred vectors around one direction, and one far from all, the last."""
    rng = np.random.default_rng(3)
    near = np.eye(16)[0] + 0.1 * rng.standard_normal((200, 16))
    return unit(np.vstack([near, -np.eye(16)[0] + 0.1 * rng.standard_normal(16)]))


def test_a_vector_far_from_all_is_the_strangest(vectors):
    graph = knn_graph.build(vectors)

    assert outlier_scores.mean_distances(graph.distances).argmax() == 200


def test_the_score_within_a_kind_is_the_mean_distance_to_the_nearest_of_that_kind(vectors):
    kinds = np.arange(len(vectors)) % 5
    kinds[::7] = NO_KIND
    distances = 1 - vectors @ vectors.T
    np.fill_diagonal(distances, np.inf)

    scores, nearest = outlier_scores.within_kinds(vectors, knn_graph.build(vectors), kinds)

    for row, kind in enumerate(kinds):
        if kind == NO_KIND:
            assert np.isnan(scores[row])
            assert nearest[row] == -1
            continue
        own = np.where(kinds == kind, distances[row], np.inf)
        assert scores[row] == pytest.approx(np.sort(own)[:NEAREST].mean(), abs=1e-5)
        assert nearest[row] == own.argmin()


def test_a_kind_of_few_works_has_no_scores(vectors):
    kinds = np.where(np.arange(len(vectors)) < LEAST_OF_KIND - 1, 1, 2)

    scores, _ = outlier_scores.within_kinds(vectors, knn_graph.build(vectors), kinds)

    assert np.isnan(scores[: LEAST_OF_KIND - 1]).all()
    assert not np.isnan(scores[LEAST_OF_KIND:]).any()


def test_works_that_are_all_alike_are_equally_usual():
    same = unit(np.ones((30, 8)))
    graph = knn_graph.build(same)

    scores, _ = outlier_scores.within_kinds(same, graph, np.zeros(30, np.int64))

    assert np.allclose(outlier_scores.mean_distances(graph.distances), 0, atol=1e-5)
    assert np.allclose(scores, 0, atol=1e-5)


def test_a_single_work_is_not_strange():
    graph = knn_graph.build(unit(np.ones((1, 8))))

    assert outlier_scores.mean_distances(graph.distances).tolist() == [0]
