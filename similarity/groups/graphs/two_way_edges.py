"""The edges of a graph of nearest neighbours in both directions, and what a step along each of them costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAME = 1e-7  # cost of a step between equal works, so that no cheapest chain returns to a node

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Ids = NDArray[np.int32]


@dataclass(frozen=True)
class Edges:
    """The edges of N nodes, grouped by the node that they lead to.

    The first edge to each node leads from itself, with distance 0. So a pass over all edges keeps what it had found.
    """

    starts: NDArray[np.int64]  # (N,) the place of the first edge to each node
    sources: Ids  # (E,)
    distances: Floats  # (E,)

    def to(self, node: int) -> slice:
        """Return the places of the edges that lead to a node."""
        after = node + 1
        return slice(int(self.starts[node]), int(self.starts[after]) if after < len(self.starts) else len(self.sources))


def both_ways(sources: Ids, targets: Ids, distances: Floats, count: int) -> Edges:
    """Return these (E,) edges of `count` nodes in any order, each with its reverse. No node has an edge to itself."""
    own = np.arange(count, dtype=np.int32)
    tails = np.concatenate([own, sources, targets])
    keys = np.concatenate([own, targets, sources]).astype(np.int64) * (count + 1)
    keys[count:] += tails[count:] + 1  # the edge of a node from itself comes first
    keys, places = np.unique(keys, return_index=True)
    starts = np.searchsorted(keys, np.arange(count, dtype=np.int64) * (count + 1))
    lengths = np.concatenate([np.zeros(count, np.float32), distances, distances])
    return Edges(starts, tails[places], lengths[places])


def costs_of(edges: Edges, power: float) -> Floats:
    """Return what a step along each edge costs, (E,): a power of its distance, 0 from a node to itself."""
    costs = np.power(np.maximum(edges.distances, 0), np.float32(power)) + np.float32(SAME)
    costs[edges.starts] = 0
    return costs
