"""The cheapest chain between two nodes of a graph of nearest neighbours, with few steps, each of them short.

A step costs a power of its distance, so two short steps are cheaper than one that is twice as long. The search is the
Bellman-Ford algorithm: pass number h finds the cheapest chains of at most h steps to all nodes at once.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from similarity.groups.graphs import detours
from similarity.groups.graphs.two_way_edges import Bools, Edges, Floats

LEAST_STEPS, MOST_STEPS = 3, 12

Nodes = NDArray[np.int64]


def cheapest(edges: Edges, start: int, end: int, admitted: Bools) -> list[int]:
    """Return the nodes of the cheapest chain between two nodes, ends included, or [] if none connects them.

    The chain has no node twice, at most MOST_STEPS steps, and between its ends only nodes of `admitted`, an (N,) mask.
    It has at least LEAST_STEPS steps if there is such a chain.
    """
    costs = edges.costs
    is_open = admitted.copy()
    is_open[[start, end]] = True
    passes = cheapest_costs(edges, costs, start, is_open)
    chain = traced(edges, costs, passes, start, end)
    if 1 < len(chain) <= LEAST_STEPS:
        return detours.cheapest(edges, costs, (start, end), passes[-1], MOST_STEPS) or chain
    return chain


def cheapest_costs(edges: Edges, costs: Floats, start: int, is_open: Bools) -> list[Floats]:
    """Return for 0, 1, 2 ... steps the cost of the cheapest chain from `start` to each node: (N,), inf if none.

    The list ends at MOST_STEPS, or earlier if further steps make no chain cheaper.
    """
    passes = [np.full(len(edges.starts), np.inf, np.float32)]
    passes[0][start] = 0
    along = np.empty_like(costs)  # one array for all passes, because it takes 40 MB at 200,000 nodes
    for _ in range(MOST_STEPS):
        np.take(passes[-1], edges.sources, out=along, mode="clip")  # the default mode would copy `along`
        following = np.minimum.reduceat(np.add(along, costs, out=along), edges.starts)
        following[~is_open] = np.inf
        if np.array_equal(following, passes[-1]):
            break
        passes.append(following)
    return passes


def traced(edges: Edges, costs: Floats, passes: list[Floats], start: int, end: int) -> list[int]:
    """Return the nodes of the cheapest chain that these passes have found, or [] if there is none."""
    if start == end or not np.isfinite(passes[-1][end]):
        return []
    chain = [end]
    for before in reversed(passes[:-1]):
        to = edges.to(chain[-1])
        nearest = int(edges.sources[to][np.argmin(before[edges.sources[to]] + costs[to])])
        if nearest != chain[-1]:
            chain.append(nearest)
    return chain[::-1]


def by_cost(edges: Edges, start: int, admitted: Bools) -> Nodes:
    """Return the admitted nodes that `start` has a chain to, those with the cheapest chain first, without `start`."""
    is_open = admitted.copy()
    is_open[start] = True
    found = cheapest_costs(edges, edges.costs, start, is_open)[-1]
    order = np.argsort(found, kind="stable")
    return order[np.isfinite(found[order]) & (order != start)]


def lengths_of(edges: Edges, chain: Sequence[int]) -> Floats:
    """Return the distances of the steps of a chain: (len(chain) - 1,)."""
    found = []
    for tail, head in pairwise(chain):
        to = edges.to(head)
        found.append(edges.distances[to][edges.sources[to] == tail][0])
    return np.array(found, np.float32)
