"""The cheapest chain with at least two nodes between its ends, for ends that have a shorter chain.

Such a chain leads from the start to one of its neighbours a, from there to a neighbour b of the end, and to the end,
where a is not b. The cheapest way from a to b has no node twice, so only a = b must be excluded. Therefore the search
keeps for each node its two cheapest ways that begin at different neighbours of the start.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from similarity.groups.graphs import two_way_edges
from similarity.groups.graphs.two_way_edges import Bools, Edges, Floats, Ids

NO_NODE = -1  # the first node of a way that does not exist
SIZES = (1_000, 8_000)  # so many nearest nodes are searched before all nodes


@dataclass(frozen=True)
class Ways:
    """For each of N nodes the cheapest way to it, and the cheapest with another first node."""

    costs: tuple[Floats, Floats]  # (N,) each; inf without a way
    firsts: tuple[Ids, Ids]  # (N,) each: the first node of the way


def cheapest(edges: Edges, costs: Floats, ends: tuple[int, int], costs_to: Floats, most_steps: int) -> list[int]:
    """Return the nodes of the cheapest chain with 3 to `most_steps` steps between two nodes, or [] if there is none.

    costs_to: (N,) the cost of the cheapest chain from the first of the two nodes to each node, inf for closed nodes.
    Only the nodes that are nearest by this cost are searched at first. If the chain found costs less than a chain to
    any other node, it is the cheapest of all.
    """
    order = np.argsort(costs_to)
    order = order[: np.searchsorted(costs_to[order], np.inf)]
    for size in [*(size for size in SIZES if size < len(order)), len(order)]:
        nodes = np.union1d(order[:size], ends)
        cost, chain = among(edges, costs, nodes, ends, most_steps)
        if size == len(order) or cost <= costs_to[order[size]]:
            return chain
    return []


def among(
    edges: Edges, costs: Floats, nodes: NDArray[np.int64], ends: tuple[int, int], most_steps: int
) -> tuple[float, list[int]]:
    """Return the cost and the nodes of the cheapest chain among these nodes, given in ascending order."""
    inner, places = two_way_edges.within(edges, nodes)
    start, end = (int(place) for place in np.searchsorted(nodes, ends))
    cost, chain = search(inner, costs[places], start, end, most_steps)
    return cost, [int(nodes[place]) for place in chain]


def search(edges: Edges, costs: Floats, start: int, end: int, most_steps: int) -> tuple[float, list[int]]:
    """Return the cost and the nodes of the cheapest chain with 3 to `most_steps` steps: inf and [] if there is none."""
    between = np.ones(len(edges.starts), bool)
    between[[start, end]] = False
    passes = [begun(edges, costs, start, between)]
    heads = np.repeat(np.arange(len(edges.starts), dtype=np.int32), np.diff(edges.starts, append=len(edges.sources)))
    best = ended(edges, costs, end, passes[-1])
    while len(passes) < most_steps - 1:
        ways = extended(edges, costs, heads, passes[-1], between, best[0])
        if np.array_equal(ways.costs, passes[-1].costs):
            break
        passes.append(ways)
        best = min(best, ended(edges, costs, end, ways), key=lambda found: found[0])
    cost, last, first = best
    return cost, [start, *traced(edges, costs, passes, last, first), end] if np.isfinite(cost) else []


def begun(edges: Edges, costs: Floats, start: int, between: Bools) -> Ways:
    """Return the ways of one step: from the start to its neighbours."""
    count = len(edges.starts)
    found, firsts = np.full(count, np.inf, np.float32), np.full(count, NO_NODE, np.int32)
    to = edges.to(start)  # the edges lead both ways, with equal costs
    found[edges.sources[to]], firsts[edges.sources[to]] = costs[to], edges.sources[to]
    found[~between] = np.inf
    return Ways((found, np.full_like(found, np.inf)), (firsts, np.full_like(firsts, NO_NODE)))


def extended(edges: Edges, costs: Floats, heads: Ids, ways: Ways, between: Bools, limit: float) -> Ways:
    """Return the ways with at most one more step. Ways that cost `limit` or more are dropped."""
    one, two = (found[edges.sources] + costs for found in ways.costs)
    first_one, first_two = (firsts[edges.sources] for firsts in ways.firsts)
    nearest = np.minimum.reduceat(one, edges.starts)
    label = np.maximum.reduceat(np.where(one == nearest[heads], first_one, NO_NODE), edges.starts)
    is_same = first_one == label[heads]
    other, first_other = np.where(is_same, two, one), np.where(is_same, first_two, first_one)
    second = np.minimum.reduceat(other, edges.starts)
    label_two = np.maximum.reduceat(np.where(other == second[heads], first_other, NO_NODE), edges.starts)
    for found in (nearest, second):
        found[~between | (found >= limit)] = np.inf
    return Ways((nearest, second), (label, label_two))


def ended(edges: Edges, costs: Floats, end: int, ways: Ways) -> tuple[float, int, int]:
    """Return the cost of the cheapest chain to the end, and its last and its first node between the ends."""
    to = edges.to(end)
    lasts = edges.sources[to]
    is_first = ways.firsts[0][lasts] == lasts
    found = np.where(is_first, ways.costs[1][lasts], ways.costs[0][lasts]) + costs[to]
    place = int(np.argmin(found))
    firsts = np.where(is_first, ways.firsts[1][lasts], ways.firsts[0][lasts])
    return float(found[place]), int(lasts[place]), int(firsts[place])


def traced(edges: Edges, costs: Floats, passes: list[Ways], last: int, first: int) -> list[int]:
    """Return the nodes of the cheapest way to `last` that begins at `first`."""
    chain = [last]
    for ways in reversed(passes[:-1]):
        to = edges.to(chain[-1])
        sources = edges.sources[to]
        found = cost_from(ways, sources, first) + costs[to]
        place = int(np.argmin(found))
        if sources[place] != chain[-1]:
            chain.append(int(sources[place]))
    return chain[::-1]


def cost_from(ways: Ways, nodes: Ids, first: int) -> Floats:
    """Return the cost of the way to each of these nodes that begins at `first`, inf if it is not kept."""
    kept = [
        np.where(firsts[nodes] == first, found[nodes], np.inf)
        for found, firsts in zip(ways.costs, ways.firsts, strict=True)
    ]
    return np.minimum(*kept)
