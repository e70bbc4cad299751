"""The stage of an overview that divides all works into groups, in two levels. It needs the graph of neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from collection import permissions
from collection.models import Artwork
from similarity.groups.building import group_facts, group_numbers, placements
from similarity.groups.building.placements import BATCH, unpack_ids
from similarity.groups.graphs import clustering, row_numbers, typical_rows
from similarity.models import Group, Overview, Placement

Rows = NDArray[np.int64]
Vectors = NDArray[np.float32]

TYPICAL = 24  # works of a group that are kept as typical
NEAR = 6  # groups that are kept as the nearest ones

PLACE = """
UPDATE similarity_placement SET group_id = v.one, subgroup_id = v.other, typicality = v.typicality
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::float8[]) AS v(work, one, other, typicality)
WHERE overview_id = %s AND work_id = v.work
"""


@dataclass(frozen=True)
class Level:
    """The clusters of one level, with the number and the facts of each."""

    clusters: Rows  # (N,), -1 for none
    centres: Vectors  # (K, D)
    numbers: Sequence[int]
    facts: dict[int, list[dict[str, object]]]


def run(overview: Overview) -> None:
    """Write the groups, and the group of each work. Results of an earlier attempt are replaced."""
    work_ids, vectors, neighbours = read(overview)
    found = clustering.build(vectors, neighbours, group_numbers.to_continue(overview, work_ids))
    both = (found.first, found.second)
    numbers = group_numbers.assign(work_ids, both)
    pairs = zip(found.first.tolist(), found.second.tolist(), strict=True)
    facts = group_facts.find(dict(zip(work_ids.tolist(), pairs, strict=True)), len(both))
    first, second = (
        Level(both[level], typical_rows.centres(vectors, both[level]), numbers[level], facts[level]) for level in (0, 1)
    )
    typicality = typicality_in(vectors, first, second)
    is_public = public_among(work_ids)
    with transaction.atomic():
        forget(overview)
        parents = write(overview, first, work_ids, vectors, is_public, parents=None)
        parent_of = [parents[int(found.first[found.second == part][0])] for part in range(len(second.numbers))]
        groups = write(overview, second, work_ids, vectors, is_public, parents=parent_of)
        place(overview, work_ids, first, second, parents, groups, typicality)


def read(overview: Overview) -> tuple[Rows, Vectors, Rows]:
    """Return the placed works that have a vector: their ids (N,), vectors (N, D) and neighbours (N, k) as rows."""
    works = placements.read_vectors(overview.space)
    rows = Placement.objects.filter(overview=overview).order_by("work_id").values_list("work", "neighbours")
    placed = {work_id: unpack_ids(bytes(packed)) for work_id, packed in rows.iterator(chunk_size=BATCH)}
    kept = np.isin(works.work_ids, np.fromiter(placed, np.int64, len(placed)))
    work_ids, vectors = works.work_ids[kept], works.vectors[kept]
    width = min((len(ids) for ids in placed.values()), default=0)
    neighbours = np.tile(np.arange(len(work_ids))[:, None], (1, width))  # itself in place of a deleted neighbour
    for row, work_id in enumerate(work_ids.tolist()):
        ids = placed[work_id][:width]
        found = row_numbers.find(work_ids, ids)
        neighbours[row] = np.where(found >= 0, found, row)
    return work_ids, vectors, neighbours


def typicality_in(vectors: Vectors, first: Level, second: Level) -> NDArray[np.float32]:
    """Return how typical each work is of its subgroup, or of its group if that is not divided."""
    of_group = typical_rows.typicality(vectors, first.clusters, first.centres)
    inside = second.clusters >= 0
    of_group[inside] = typical_rows.typicality(vectors[inside], second.clusters[inside], second.centres)
    return of_group


def public_among(work_ids: Rows) -> NDArray[np.bool_]:
    public = Artwork.objects.filter(permissions.public_works("")).order_by().values_list("pk", flat=True)
    return np.isin(work_ids, np.fromiter(public.iterator(), np.int64))


def forget(overview: Overview) -> None:
    """Delete the groups of an interrupted attempt. Their works keep their rows."""
    Placement.objects.filter(overview=overview).update(group=None, subgroup=None, typicality=None)
    Group.objects.filter(overview=overview).delete()


def write(
    overview: Overview, level: Level, work_ids: Rows, vectors: Vectors, is_public: NDArray[np.bool_],
    *, parents: Sequence[int] | None,
) -> list[int]:  # fmt: skip
    """Write the groups of one level. Return their primary keys. `parents`: those of their parents."""
    near = typical_rows.nearest_clusters(level.centres, NEAR)
    groups = []
    for cluster, number in enumerate(level.numbers):
        rows = np.flatnonzero(level.clusters == cluster)
        group = Group(
            overview=overview,
            number=number,
            parent_id=parents[cluster] if parents else None,
            size=len(rows),
            typical=work_ids[typical_of(rows, vectors, level.centres[cluster], is_public)].tolist(),
            facts=level.facts.get(cluster, []),
            near=[level.numbers[other] for other in near[cluster]],
        )
        groups.append(group)
    return [group.pk for group in Group.objects.bulk_create(groups)]


def typical_of(rows: Rows, vectors: Vectors, centre: Vectors, is_public: NDArray[np.bool_]) -> Rows:
    """Return the most typical of these rows, at most TYPICAL: the public ones, then others."""
    found: list[int] = []
    for part in (rows[is_public[rows]], rows[~is_public[rows]]):
        typicality = np.clip(vectors[part] @ centre, 0.0, 1.0)
        found += part[typical_rows.most_typical(vectors[part], typicality, TYPICAL - len(found))].tolist()
    return np.array(found, np.int64)


def place(
    overview: Overview, work_ids: Rows, first: Level, second: Level, parents: Sequence[int], groups: Sequence[int],
    typicality: NDArray[np.float32],
) -> None:  # fmt: skip
    """Write the group, the subgroup and the typicality of each work."""
    for start in range(0, len(work_ids), 10 * BATCH):
        part = slice(start, start + 10 * BATCH)
        ones = [parents[cluster] for cluster in first.clusters[part].tolist()]
        others = [groups[cluster] if cluster >= 0 else None for cluster in second.clusters[part].tolist()]
        values = [work_ids[part].tolist(), ones, others, typicality[part].tolist(), overview.pk]
        with connection.cursor() as cursor:
            cursor.execute(PLACE, values)
