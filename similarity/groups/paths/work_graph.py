"""The graph of the live overview in the memory of a web process.

It takes at most 610 bytes a work: 49 edges of 12 bytes, the offset of the first of them, the id of the work. It is read
again when another overview goes live. Works that join are read after at most RENEWED_S.
"""

import threading
import time
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from similarity.groups.building import placements, versions
from similarity.groups.graphs import row_numbers, two_way_edges
from similarity.groups.graphs.two_way_edges import Edges
from similarity.models import Overview, Placement, Space

RENEWED_S = 60
BATCH = 5_000  # rows that are read at once
LOCK = threading.Lock()  # one thread reads the graph, and others wait


@dataclass(frozen=True)
class WorkGraph:
    """The placed works and the edges between them, as they were at one time."""

    overview: Overview
    work_ids: NDArray[np.int64]  # (N,) ascending
    edges: Edges
    since_s: float  # of time.monotonic()

    @property
    def space(self) -> Space:
        return self.overview.space

    def nodes(self, work_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the nodes of those of these works that are placed."""
        rows = row_numbers.find(self.work_ids, work_ids)
        return rows[rows >= 0]

    def node(self, work_id: int) -> int | None:
        """Return the node of a work, or None if it is not placed."""
        return next(iter(self.nodes(np.array([work_id])).tolist()), None)

    def serves(self, live: Overview) -> bool:
        """Return True if the graph is that of the live overview, and is recent or no work has joined since."""
        is_recent = time.monotonic() - self.since_s < RENEWED_S
        is_same = (self.overview.pk, self.overview.started_at) == (live.pk, live.started_at)
        return is_same and (self.overview.joined == live.joined or is_recent)


kept: list[WorkGraph] = []  # one or none


def current() -> WorkGraph | None:
    """Return the graph of the live overview, or None if there is none yet."""
    live = versions.live()
    if live is None:
        return None
    if not (kept and kept[0].serves(live)):
        with LOCK:
            if not (kept and kept[0].serves(live)):
                kept[:] = [read(live)]
    return kept[0]


def read(overview: Overview) -> WorkGraph:
    """Read the rows of an overview. Neighbours without a row, such as deleted works, get no edge."""
    since_s = time.monotonic()
    columns = Placement.objects.filter(overview=overview).order_by("work_id")
    rows = columns.values_list("work", "neighbours", "distances").iterator(chunk_size=BATCH)
    ids, counts, neighbours, distances = [], [], [], []
    while chunk := list(islice(rows, BATCH)):
        ids += [row[0] for row in chunk]
        counts += [len(row[2]) // 4 for row in chunk]
        neighbours.append(placements.unpack_ids(b"".join(row[1] for row in chunk)))
        distances.append(placements.unpack_distances(b"".join(row[2] for row in chunk)))
    work_ids = np.array(ids, np.int64)
    if not neighbours:
        return WorkGraph(overview, work_ids, two_way_edges.NONE, since_s)
    near = np.concatenate(neighbours)
    sources = np.repeat(np.arange(len(ids), dtype=np.int32), counts)
    targets = row_numbers.find(work_ids, near).astype(np.int32)
    is_placed = (targets >= 0) & (targets != sources)
    edges = two_way_edges.both_ways(
        sources[is_placed], targets[is_placed], np.concatenate(distances)[is_placed], len(ids)
    )
    return WorkGraph(overview, work_ids, edges, since_s)
