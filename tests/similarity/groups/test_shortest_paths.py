"""Chains between two nodes, compared with the cheapest of all simple paths."""

from itertools import pairwise

import numpy as np
import pytest

from similarity.groups.graphs import detours, knn_graph, shortest_paths, two_way_edges
from similarity.groups.graphs.shortest_paths import LEAST_STEPS, MOST_STEPS
from similarity.groups.graphs.two_way_edges import Edges, costs_of


def edges_of(*edges: tuple[int, int, float], count: int) -> Edges:
    sources, targets, distances = zip(*edges, strict=True)
    return two_way_edges.both_ways(
        np.array(sources, np.int32), np.array(targets, np.int32), np.array(distances, np.float32), count
    )


def random_edges(seed: int, count: int, k: int) -> Edges:
    """Return the edges of the k-NN graph of random points."""
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((count, 4)).astype(np.float32)
    graph = knn_graph.build(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), k)
    sources = np.repeat(np.arange(count, dtype=np.int32), k)
    return two_way_edges.both_ways(sources, graph.indices.ravel().astype(np.int32), graph.distances.ravel(), count)


def costs_by_step(edges: Edges) -> dict[tuple[int, int], float]:
    found, costs = {}, costs_of(edges)
    for node in range(len(edges.starts)):
        to = edges.to(node)
        found |= {(int(source), node): float(cost) for source, cost in
                  zip(edges.sources[to], costs[to], strict=True) if source != node}  # fmt: skip
    return found


def cost_of(chain: list[int], costs: dict[tuple[int, int], float]) -> float:
    return sum(costs[step] for step in pairwise(chain))


def by_trying_all(edges: Edges, start: int, end: int, admitted: set[int]) -> float:
    """Return the cost of the cheapest simple path of 3 to 12 steps, or else of the cheapest shorter one, or inf."""
    costs = costs_by_step(edges)
    near: dict[int, list[int]] = {}
    for one, other in costs:
        near.setdefault(one, []).append(other)
    long_enough, shorter = [float("inf")], [float("inf")]

    def walk(chain: list[int]) -> None:
        if chain[-1] == end:
            (long_enough if len(chain) > LEAST_STEPS else shorter).append(cost_of(chain, costs))
        elif len(chain) <= MOST_STEPS:
            for node in near.get(chain[-1], []):
                if node not in chain and (node in admitted or node == end):
                    walk([*chain, node])

    walk([start])
    return min(long_enough) if min(long_enough) < float("inf") else min(shorter)


@pytest.mark.parametrize(("sizes", "few"), [(detours.SIZES, shortest_paths.FEW), ((3, 5), 0)])
@pytest.mark.parametrize("seed", range(60))
def test_no_chain_of_three_to_twelve_steps_is_cheaper(seed: int, sizes: tuple[int, ...], few: int, monkeypatch):
    monkeypatch.setattr(detours, "SIZES", sizes)
    monkeypatch.setattr(shortest_paths, "FEW", few)
    count = 6 + seed % 5
    edges = random_edges(seed, count, k=2 if seed % 2 else 3)
    rng = np.random.default_rng(seed)
    start, end = (int(node) for node in rng.choice(count, 2, replace=False))
    admitted = rng.random(count) < 0.9

    chain = shortest_paths.cheapest(edges, start, end, admitted)

    found = cost_of(chain, costs_by_step(edges)) if chain else float("inf")
    assert found == pytest.approx(by_trying_all(edges, start, end, set(np.flatnonzero(admitted).tolist())), rel=1e-4)
    assert len(set(chain)) == len(chain) <= MOST_STEPS + 1
    assert not chain or (chain[0], chain[-1]) == (start, end)
    assert all(admitted[node] for node in chain[1:-1])


def test_two_short_steps_are_preferred_to_one_long_step():
    edges = edges_of((0, 1, 0.3), (1, 2, 0.3), (2, 3, 0.3), (0, 3, 0.5), (0, 4, 0.4), (4, 5, 0.6), (5, 3, 0.1), count=6)

    assert shortest_paths.cheapest(edges, 0, 3, np.ones(6, bool)) == [0, 1, 2, 3]


def test_a_chain_between_neighbours_has_two_works_in_between():
    edges = edges_of((0, 1, 0.1), (0, 2, 0.1), (2, 1, 0.1), (2, 3, 0.2), (3, 1, 0.2), count=4)

    assert shortest_paths.cheapest(edges, 0, 1, np.ones(4, bool)) == [0, 2, 3, 1]


def test_neighbours_without_a_longer_chain_have_a_short_one():
    edges = edges_of((0, 1, 0.1), (1, 2, 0.1), count=3)

    assert shortest_paths.cheapest(edges, 0, 2, np.ones(3, bool)) == [0, 1, 2]
    assert shortest_paths.cheapest(edges, 0, 1, np.ones(3, bool)) == [0, 1]


def test_works_that_are_not_connected_have_no_chain():
    edges = edges_of((0, 1, 0.1), (2, 3, 0.1), count=5)

    assert shortest_paths.cheapest(edges, 0, 3, np.ones(5, bool)) == []
    assert shortest_paths.cheapest(edges, 0, 4, np.ones(5, bool)) == []
    assert shortest_paths.cheapest(edges, 0, 0, np.ones(5, bool)) == []


def test_a_chain_of_more_than_twelve_steps_is_not_found():
    line = [(node, node + 1, 0.1) for node in range(20)]
    edges = edges_of(*line, count=21)

    assert shortest_paths.cheapest(edges, 0, MOST_STEPS, np.ones(21, bool)) == list(range(MOST_STEPS + 1))
    assert shortest_paths.cheapest(edges, 0, MOST_STEPS + 1, np.ones(21, bool)) == []


def test_equal_works_do_not_make_a_chain_return():
    edges = edges_of((0, 1, 0), (1, 2, 0), (2, 0, 0), (2, 3, 0), (3, 0, 0), (3, 4, 0.2), count=5)

    chain = shortest_paths.cheapest(edges, 0, 4, np.ones(5, bool))

    assert len(set(chain)) == len(chain) > LEAST_STEPS


def test_a_chain_does_not_return_where_the_costs_of_equal_works_are_lost_in_rounding():
    short = [(node, node + 1, 0.1) for node in range(4, 10)]
    edges = edges_of((2, 1, 1.0), (1, 0, 0.0), (1, 3, 1.0), *short, count=11)

    assert costs_of(edges).max() > 1e5
    assert shortest_paths.cheapest(edges, 2, 3, np.ones(11, bool)) == [2, 1, 3]


def test_the_nodes_with_the_cheapest_chains_come_first():
    edges = edges_of((0, 1, 0.1), (1, 2, 0.1), (0, 3, 0.5), (4, 5, 0.1), count=6)

    assert shortest_paths.by_cost(edges, 0, np.ones(6, bool)).tolist() == [1, 2, 3]


def test_edges_that_are_sorted_in_parts_are_the_same(monkeypatch):
    whole = random_edges(1, 50, k=4)
    monkeypatch.setattr(two_way_edges, "NODES_AT_ONCE", 7)

    parts = random_edges(1, 50, k=4)

    assert (whole.starts.tolist(), whole.sources.tolist()) == (parts.starts.tolist(), parts.sources.tolist())
    assert whole.distances.tolist() == parts.distances.tolist()
