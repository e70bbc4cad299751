import numpy as np
import pytest

from similarity.groups.graphs import knn_graph


def unit_rows(count: int, dimensions: int = 16) -> np.ndarray:
    rows = np.random.default_rng(3).normal(size=(count, dimensions)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_nearest_rows_come_first_and_none_is_its_own_neighbour():
    rows = unit_rows(300)

    graph = knn_graph.build(rows, 5)

    distances = 1 - rows @ rows.T
    np.fill_diagonal(distances, np.inf)
    assert np.array_equal(graph.indices, np.argsort(distances, axis=1, kind="stable")[:, :5])
    assert np.allclose(graph.distances, np.sort(distances, axis=1)[:, :5], atol=1e-5)


def test_blocks_do_not_change_the_result(monkeypatch):
    rows = unit_rows(300)
    whole = knn_graph.build(rows, 5)
    monkeypatch.setattr(knn_graph, "BLOCK_BYTES", 4 * 300 * 7)

    graph = knn_graph.build(rows, 5)

    assert np.array_equal(graph.indices, whole.indices)


def test_nn_descent_finds_nearly_all_neighbours_and_never_the_row_itself():
    rows = unit_rows(800)
    exact = knn_graph.build(rows, 10)

    graph = knn_graph.build(rows, 10, exact_up_to=0)

    assert graph.indices.shape == (800, 10)
    assert not (graph.indices == np.arange(800)[:, None]).any()
    found = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(graph.indices, exact.indices, strict=True)])
    assert found > 0.95


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_small_collection_has_as_many_neighbours_as_other_works(count):
    graph = knn_graph.build(unit_rows(count), 24)

    assert graph.indices.shape == graph.distances.shape == (count, max(count - 1, 0))


def test_equal_rows_are_at_distance_0_in_the_order_of_their_rows():
    graph = knn_graph.build(np.repeat(unit_rows(1), 4, axis=0), 24)

    assert graph.indices.tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]
    assert np.allclose(graph.distances, 0, atol=1e-6)
