"""The stage of an overview that places all works on the map. It starts from the positions in the live overview."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from similarity.groups.building import placements, versions
from similarity.groups.graphs import densest_point, grid, layout, row_numbers
from similarity.groups.graphs.knn_graph import KnnGraph
from similarity.models import Group, Overview, Placement

Floats = NDArray[np.float32]

PLACED = np.dtype([("work", "<i8"), ("x", "<f4"), ("y", "<f4")])
MOVE = """UPDATE similarity_placement AS placed SET x = found.x, y = found.y
    FROM unnest(%s::bigint[], %s::float8[], %s::float8[]) AS found (work, x, y)
    WHERE placed.overview_id = %s AND placed.work_id = found.work"""


def run(overview: Overview) -> None:
    """Write the position of each work and of each group. All vectors and neighbours are held in memory."""
    work_ids, graph = read_graph(overview)
    vectors = vectors_of(overview, work_ids)
    raw = layout.build(graph, vectors, positions_before(overview, work_ids))
    points = grid.snapped(grid.fitted(raw))
    with transaction.atomic():
        write(overview, work_ids, points)
        place_groups(overview)


def read_graph(overview: Overview) -> tuple[NDArray[np.int64], KnnGraph]:
    """Return the ids (N,) of the placed works, ascending, and their graph. Its indices are rows of these ids.

    A neighbour that was deleted since is replaced by the work itself, at the distance of the farthest neighbour.
    """
    rows = [(one.work_id, bytes(one.neighbours), bytes(one.distances)) for one in placements.in_order(overview)]
    work_ids = np.array([row[0] for row in rows], np.int64)
    k = min((len(row[2]) // 4 for row in rows), default=0)
    distances = stacked((placements.unpack_distances(row[2])[:k] for row in rows), len(rows), k, np.float32)
    neighbours = stacked((placements.unpack_ids(row[1])[:k] for row in rows), len(rows), k, np.int64)
    found = row_numbers.find(work_ids, neighbours)
    own = np.arange(len(rows))[:, None]
    is_there = found >= 0
    farthest = distances.max(axis=1, initial=0.0, keepdims=True)
    return work_ids, KnnGraph(np.where(is_there, found, own), np.where(is_there, distances, farthest))


def stacked(parts: Iterator[NDArray[Any]], count: int, k: int, dtype: type) -> NDArray[Any]:
    """Return `count` arrays of k numbers as (count, k)."""
    rows: NDArray[Any] = np.empty((count, k), dtype)
    for row, part in enumerate(parts):
        rows[row] = part
    return rows


def vectors_of(overview: Overview, work_ids: NDArray[np.int64]) -> Floats:
    """Return the vectors (N, D) of these works. A work without a vector now has zeros."""
    works = placements.read_vectors(overview.space)
    rows = row_numbers.find(works.work_ids, work_ids)
    vectors = np.zeros((len(work_ids), overview.space.dimensions), np.float32)
    vectors[rows >= 0] = works.vectors[rows[rows >= 0]]
    return vectors


def positions_before(overview: Overview, work_ids: NDArray[np.int64]) -> Floats:
    """Return the positions (N, 2) of these works in the live overview, NaN for works without one.

    The positions of another space stand for other similarities, so they are no start for this overview.
    """
    points = np.full((len(work_ids), 2), np.nan, np.float32)
    live = versions.live()
    if live is None or live.space_id != overview.space_id or not len(work_ids):
        return points
    placed = Placement.objects.filter(overview=live, x__isnull=False).values_list("work", "x", "y")
    found = np.fromiter(placed.iterator(chunk_size=placements.BATCH), PLACED)
    rows = row_numbers.find(work_ids, found["work"])
    is_there = rows >= 0
    points[rows[is_there]] = np.stack([found["x"], found["y"]], axis=1)[is_there]
    return points


def write(overview: Overview, work_ids: NDArray[np.int64], points: Floats) -> None:
    """Write positions (N, 2), a batch of rows in each statement."""
    with connection.cursor() as cursor:
        for start in range(0, len(work_ids), placements.BATCH):
            part = slice(start, start + placements.BATCH)
            x, y = points[part].astype(float).T.tolist()
            cursor.execute(MOVE, [work_ids[part].tolist(), x, y, overview.pk])


def place_groups(overview: Overview) -> None:
    """Write the position of each group's label: the work that has most works of the group around it."""
    of_group: dict[int, list[tuple[float | None, float | None]]] = defaultdict(list)
    rows = Placement.objects.filter(overview=overview).values_list("group", "subgroup", "x", "y")
    for group_id, subgroup_id, x, y in rows.iterator(chunk_size=placements.BATCH):
        for own_id in {group_id, subgroup_id} - {None}:
            of_group[own_id].append((x, y))
    radius = densest_point.radius_for(overview.size)
    groups = list(Group.objects.filter(overview=overview, pk__in=of_group))
    for group in groups:
        group.x, group.y = densest_point.find(np.array(of_group[group.pk], np.float64), radius)
    Group.objects.bulk_update(groups, ["x", "y"], batch_size=500)
