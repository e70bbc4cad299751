"""A chain of works that a person may see, from one work to another."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from django.utils.translation import gettext, gettext_noop

from collection import permissions, queries
from collection.models import Artwork
from similarity.groups.graphs import shortest_paths
from similarity.groups.paths import visible_nodes, work_graph
from similarity.groups.paths.work_graph import WorkGraph
from similarity.index import percentiles
from similarity.neighbours import similar_works
from similarity.neighbours.similar_works import SimilarWork

AVOIDED_LIMIT = 60  # works that a path can avoid
FARTHEST_SHARE = 4  # a random end is one of the farthest quarter of the works
WAIT_S = 3.0  # for other searches of this process; a search among 30,000 works takes 0.03 s
RETRY_S = 5  # a busy answer asks the browser to wait this long

searching = threading.BoundedSemaphore(1)  # a search takes about 100 MB at 200,000 works


class Problem(StrEnum):
    """Why there is no chain, as a sentence for visitors. `str` gives it in the language of the page."""

    SAME = gettext_noop("A path needs two different works.")
    NO_OVERVIEW = gettext_noop(
        "The works have not been compared with each other yet. Paths appear here when this is done."
    )
    NOT_COMPARED = gettext_noop("One of these works has not been compared with the others yet, so no path leads to it.")
    NOT_CONNECTED = gettext_noop("No path of at most 12 steps leads from one of these works to the other.")
    NO_OTHER = gettext_noop("There is no other path of at most 12 steps.")
    BUSY = gettext_noop("Many paths are being searched at the moment. Please try again in some seconds.")

    def __str__(self) -> str:
        return gettext(self.value)


class BusyError(Exception):
    """Other paths are being searched. The same search may succeed later."""


@dataclass(frozen=True)
class Stop:
    """A work of the chain. step: the next work with its nearness to this one; None for the last work."""

    work: Artwork
    step: SimilarWork | None = None


@dataclass(frozen=True)
class Chain:
    stops: Sequence[Stop]
    problem: Problem | None = None

    @property
    def works(self) -> list[Artwork]:
        return [stop.work for stop in self.stops]

    @property
    def between(self) -> list[Artwork]:
        return self.works[1:-1]


def find(user: permissions.User, start: Artwork, end: Artwork, avoided: Sequence[int] = ()) -> Chain:
    """Return the chain between two works that this user may see. It avoids the works with the ids `avoided`."""
    if start.pk == end.pk:
        return Chain([], Problem.SAME)
    graph = work_graph.current()
    if graph is None:
        return Chain([], Problem.NO_OVERVIEW)
    first, last = graph.node(start.pk), graph.node(end.pk)
    if first is None or last is None:
        return Chain([], Problem.NOT_COMPARED)
    admitted = visible_nodes.mask(graph, user)
    admitted[graph.nodes(np.array(avoided, np.int64))] = False
    try:
        with turn():
            nodes = shortest_paths.cheapest(graph.edges, first, last, admitted)
    except BusyError:
        return Chain([], Problem.BUSY)
    works = queries.in_order(user, graph.work_ids[nodes].tolist()) if nodes else []
    if not nodes or len(works) < len(nodes):  # a work was withdrawn in this moment
        return Chain([], Problem.NO_OTHER if avoided else Problem.NOT_CONNECTED)
    return Chain([*stops_of(graph, nodes, works)])


@contextmanager
def turn() -> Iterator[None]:
    """Hold the one place for a search. Raise BusyError if it is not free within WAIT_S."""
    if not searching.acquire(timeout=WAIT_S):
        raise BusyError
    try:
        yield
    finally:
        searching.release()


def stops_of(graph: WorkGraph, nodes: Sequence[int], works: Sequence[Artwork]) -> list[Stop]:
    """Return the works of a chain, each with its nearness to the next one."""
    lengths = shortest_paths.lengths_of(graph.edges, nodes)
    steps = [step_to(work, float(length), graph) for work, length in zip(works[1:], lengths, strict=True)]
    return [Stop(work, step) for work, step in zip(works, [*steps, None], strict=True)]


def step_to(work: Artwork, distance: float, graph: WorkGraph) -> SimilarWork | None:
    """Return a work as one that is similar at this distance. None if it has no picture any more."""
    image, quantiles = work.lead_image, graph.space.quantiles
    if image is None:
        return None
    share = percentiles.closer_than(distance, quantiles)
    known = float(percentiles.neg_log_p(np.array([distance]), quantiles)[0]) if quantiles else None
    return similar_works.SimilarWork(work, image, {graph.space.lens: share}, known)


def random_ends(user: permissions.User, start: Artwork | None = None) -> tuple[int, int] | None:
    """Return the ids of two works far apart that a path connects, the first of them `start` if it is given.

    Return None if there are no such works. Raise BusyError while other paths are searched.
    """
    graph = work_graph.current()
    if graph is None:
        return None
    admitted, rng = visible_nodes.mask(graph, user), np.random.default_rng()
    first = graph.node(start.pk) if start else random_of(np.flatnonzero(admitted), rng)
    if first is None:
        return None
    with turn():
        far = shortest_paths.by_cost(graph.edges, first, admitted)
    last = random_of(far[-(len(far) // FARTHEST_SHARE + 1) :], rng)
    return None if last is None else (int(graph.work_ids[first]), int(graph.work_ids[last]))


def random_of(nodes: shortest_paths.Nodes, rng: np.random.Generator) -> int | None:
    return int(rng.choice(nodes)) if len(nodes) else None
