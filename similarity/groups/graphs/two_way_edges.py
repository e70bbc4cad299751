"""The edges of a graph of nearest neighbours in both directions, and what a step along each of them costs."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

LEAST_TYPICAL = 1e-6  # avoids a division by 0 where nearly all works are equal
NODES_AT_ONCE = 25_000  # the edges of these are sorted together, which takes about 80 MB
SAME = 1e-5  # cost of a step between equal works, so that no cheapest chain returns to a node

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Ids = NDArray[np.int32]


@dataclass(frozen=True)
class Edges:
    """The edges of N nodes, grouped by the node that they lead to.

    The first edge to each node leads from itself, with distance 0. So a pass over all edges keeps the costs
    that earlier passes have found.
    """

    starts: NDArray[np.int64]  # (N,) the place of the first edge to each node
    sources: Ids  # (E,)
    distances: Floats  # (E,)
    typical: float  # the median distance

    @cached_property
    def costs(self) -> Floats:
        """Return what a step along each edge costs, (E,): see `costs_of`. They are computed once."""
        return costs_of(self)

    def to(self, node: int) -> slice:
        """Return the places of the edges that lead to a node."""
        after = node + 1
        return slice(int(self.starts[node]), int(self.starts[after]) if after < len(self.starts) else len(self.sources))

    def counts(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of edges that lead to each of these nodes, (M,). As many lead from it."""
        after = np.append(self.starts[1:], len(self.sources))
        return after[nodes] - self.starts[nodes]

    def places(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the places of the edges that lead to these nodes, node by node."""
        counts = self.counts(nodes)
        ends = np.cumsum(counts)
        return np.repeat(self.starts[nodes] - (ends - counts), counts) + np.arange(counts.sum())


NONE = Edges(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.float32), 1.0)  # of no nodes


def both_ways(sources: Ids, targets: Ids, distances: Floats, count: int) -> Edges:
    """Return these (E,) edges of `count` nodes in any order, each with its reverse. No node has an edge to itself."""
    own = np.arange(count, dtype=np.int32)
    tails, heads = np.concatenate([own, sources, targets]), np.concatenate([own, targets, sources])
    lengths = np.concatenate([np.zeros(count, np.float32), distances, distances])
    starts: list[NDArray[np.int64]] = []
    places: list[Ids] = []
    for first in range(0, count, NODES_AT_ONCE):
        nodes = np.arange(min(NODES_AT_ONCE, count - first), dtype=np.int64)
        chosen = np.flatnonzero((heads >= first) & (heads < first + NODES_AT_ONCE))
        keys = (heads[chosen] - first).astype(np.int64) * (count + 1)
        keys += np.where(heads[chosen] == tails[chosen], 0, tails[chosen] + 1)  # the edge from itself comes first
        keys, once = np.unique(keys, return_index=True)
        starts.append(np.searchsorted(keys, nodes * (count + 1)) + sum(len(part) for part in places))
        places.append(chosen[once].astype(np.int32))
    order = np.concatenate(places)
    typical = float(np.median(distances)) if len(distances) else 1.0
    return Edges(np.concatenate(starts), tails[order], lengths[order], max(typical, LEAST_TYPICAL))


def costs_of(edges: Edges) -> Floats:
    """Return what a step along each edge costs, (E,): about 1 for a typical step, 0 from a node to itself.

    Elsewhere it is the sixth power of the distance, divided by the typical distance. The power was chosen by eye on
    ten paths among 1,764 paintings (decision 48).
    """
    relative = edges.distances * np.float32(1 / edges.typical)
    cubes = relative * relative * relative
    costs = cubes * cubes + np.float32(SAME)
    costs[edges.starts] = 0
    return costs


def within(edges: Edges, nodes: NDArray[np.int64]) -> tuple[Edges, NDArray[np.int64]]:
    """Return the edges among these nodes, given in ascending order, and the (F,) places of these edges in `edges`.

    Node i of the result is nodes[i].
    """
    counts, places = edges.counts(nodes), edges.places(nodes)
    numbers = np.full(len(edges.starts), -1, np.int32)
    numbers[nodes] = np.arange(len(nodes), dtype=np.int32)
    sources = numbers[edges.sources[places]]
    kept = np.flatnonzero(sources >= 0)
    heads = np.repeat(np.arange(len(nodes)), counts)[kept]
    places = places[kept]
    return Edges(
        np.searchsorted(heads, np.arange(len(nodes))), sources[kept], edges.distances[places], edges.typical
    ), places
