"""The cheapest chain between two nodes of a graph of nearest neighbours, with few steps, each of them short.

A step costs a power of its distance, so two short steps are cheaper than one that is twice as long. The search is the
Bellman-Ford algorithm: pass number h finds the cheapest chains of at most h steps to all nodes at once. Half of
the passes begin at each of the two nodes, because the first passes reach few nodes and are fast.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from similarity.groups.graphs import detours
from similarity.groups.graphs.two_way_edges import Bools, Edges, Floats

LEAST_STEPS, MOST_STEPS = 3, 12
FEW = 6  # a pass that needs fewer than a sixth of all edges is faster if it reads only these

Nodes = NDArray[np.int64]


def cheapest(edges: Edges, start: int, end: int, admitted: Bools) -> list[int]:
    """Return the nodes of the cheapest chain between two nodes, ends included, or [] if none connects them.

    The chain has no node twice, at most MOST_STEPS steps, and between its ends only nodes of `admitted`, an (N,) mask.
    It has at least LEAST_STEPS steps if there is such a chain.
    """
    costs = edges.costs
    is_open = admitted.copy()
    is_open[[start, end]] = True
    chain = meeting(edges, costs, (start, end), is_open)
    if 1 < len(chain) <= LEAST_STEPS:
        costs_to = cheapest_costs(edges, costs, start, is_open, MOST_STEPS)[-1]
        return detours.cheapest(edges, costs, (start, end), costs_to, MOST_STEPS) or chain
    return chain


def meeting(edges: Edges, costs: Floats, ends: tuple[int, int], is_open: Bools) -> list[int]:
    """Return the cheapest chain of at most MOST_STEPS steps. It is that of two halves that meet at some node."""
    half = MOST_STEPS // 2
    forth, back = (cheapest_costs(edges, costs, end, is_open, half) for end in ends)  # edges lead both ways
    whole = forth[-1] + back[-1]
    middle = int(np.argmin(whole))
    if ends[0] == ends[1] or not np.isfinite(whole[middle]):
        return []
    return without_returns([*traced(edges, costs, forth, middle), *traced(edges, costs, back, middle)[-2::-1]])


def without_returns(chain: Sequence[int]) -> list[int]:
    """Leave out the nodes between two visits of a node. Rounding can make a step between equal works free."""
    last = {node: place for place, node in enumerate(chain)}
    found, place = [], 0
    while place < len(chain):
        found.append(chain[place])
        place = last[chain[place]] + 1
    return found


def cheapest_costs(edges: Edges, costs: Floats, start: int, is_open: Bools, most_steps: int) -> list[Floats]:
    """Return for 0, 1, 2 ... steps the cost of the cheapest chain from `start` to each node: (N,), inf if none.

    The list ends at `most_steps`, or earlier if further steps make no chain cheaper.
    """
    passes = [np.full(len(edges.starts), np.inf, np.float32)]
    passes[0][start] = 0
    changed = np.array([start])
    for _ in range(most_steps):
        following = extended(edges, costs, passes[-1], changed)
        following[~is_open] = np.inf
        changed = np.flatnonzero(following < passes[-1])
        if not len(changed):
            break
        passes.append(following)
    return passes


def extended(edges: Edges, costs: Floats, before: Floats, changed: Nodes) -> Floats:
    """Return the costs with at most one more step. Only steps from `changed` nodes can be cheaper than those before."""
    counts = edges.counts(changed)
    if FEW * counts.sum() > len(costs):
        return np.minimum.reduceat(before[edges.sources] + costs, edges.starts)
    places = edges.places(changed)
    found = before.copy()
    np.minimum.at(found, edges.sources[places], np.repeat(before[changed], counts) + costs[places])
    return found


def traced(edges: Edges, costs: Floats, passes: list[Floats], end: int) -> list[int]:
    """Return the nodes of the cheapest chain to `end` that these passes have found, `end` included."""
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
    found = cheapest_costs(edges, edges.costs, start, is_open, MOST_STEPS)[-1]
    order = np.argsort(found, kind="stable")
    return order[np.isfinite(found[order]) & (order != start)]


def lengths_of(edges: Edges, chain: Sequence[int]) -> Floats:
    """Return the distances of the steps of a chain: (len(chain) - 1,)."""
    found = []
    for tail, head in pairwise(chain):
        to = edges.to(head)
        found.append(edges.distances[to][edges.sources[to] == tail][0])
    return np.array(found, np.float32)
