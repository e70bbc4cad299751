"""Let works that were added after an overview was built join it. The works that it has stay where they are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from numpy.typing import NDArray

from collection import permissions
from similarity.groups.building import overview_stages, placements, versions
from similarity.groups.graphs import outlier_scores
from similarity.groups.graphs.knn_graph import NEIGHBOURS
from similarity.index import advisory_locks, query_filters, store
from similarity.index.store import Neighbour
from similarity.models import Embedding, Overview, Placement

BATCH = 200  # works
VOTERS = 8  # nearest works that decide on the group and the position


@dataclass(frozen=True)
class Place:
    """What a work takes over from its nearest works."""

    group: int | None
    subgroup: int | None
    x: float | None
    y: float | None


def run() -> int:
    """Let works join the live overview. Return how many embeddings were considered; 0 while another worker builds."""
    with advisory_locks.try_lock(overview_stages.LOCK) as is_alone:
        overview = versions.live() if is_alone else None
        return join_next(overview) if overview else 0


def is_due() -> bool:
    """Return True if an embedding is newer than all that were considered for the live overview."""
    overview = versions.live()
    return overview is not None and newer(overview).exists()


def newer(overview: Overview) -> QuerySet[Embedding]:
    return Embedding.objects.filter(space=overview.space, pk__gt=overview.last_embedding)


def join_next(overview: Overview) -> int:
    """Place the works of the next embeddings. Return the number of embeddings that were considered."""
    rows = list(newer(overview).order_by("pk").values_list("pk", "image__artwork")[:BATCH])
    if not rows:
        return 0
    joined = join(overview, [work_id for _, work_id in rows])
    Overview.objects.filter(pk=overview.pk).update(last_embedding=rows[-1][0], joined=F("joined") + joined)
    return len(rows)


def join_missing(overview: Overview) -> int:
    """Place works that have a vector but no row, such as those of transactions that committed late.

    This reads all works, so call it every few minutes only. Return how many works joined; 0 while another worker
    builds.
    """
    with advisory_locks.try_lock(overview_stages.LOCK) as is_alone:
        joined = join(overview, lacking(overview)) if is_alone else 0
    Overview.objects.filter(pk=overview.pk).update(joined=F("joined") + joined)
    return joined


def lacking(overview: Overview) -> list[int]:
    """Return the ids of up to BATCH works that have a vector but no row."""
    rows = Placement.objects.filter(overview=overview, work=OuterRef("image__artwork"))
    embeddings = Embedding.objects.filter(permissions.unmerged("image__artwork__"), space=overview.space)
    return list(embeddings.filter(~Exists(rows)).values_list("image__artwork", flat=True).distinct()[:BATCH])


def join(overview: Overview, work_ids: Sequence[int]) -> int:
    """Give each of these works a row, unless it has one. Return how many were added."""
    works = placements.read_vectors(overview.space, only=sorted({*work_ids} - placed_among(overview, work_ids)))
    rows = []
    for work_id, vector in zip(works.work_ids.tolist(), works.vectors, strict=True):
        near = store.nearest_works(overview.space, vector, NEIGHBOURS, query_filters.without_works([work_id]))
        rows.append(row_of(overview, work_id, near))
    with transaction.atomic():
        existing = placements.existing_works(works.work_ids)  # locked, so nobody else gives them a row now
        addable = existing - placed_among(overview, existing)
        return len(Placement.objects.bulk_create(row for row in rows if row.work_id in addable))


def placed_among(overview: Overview, work_ids: Collection[int]) -> set[int]:
    """Return those of these works that have a row."""
    return set(Placement.objects.filter(overview=overview, work__in=work_ids).values_list("work", flat=True))


def row_of(overview: Overview, work_id: int, near: Sequence[Neighbour]) -> Placement:
    """Return the row of a work with these nearest works."""
    ids = np.array([one.work_id for one in near], np.int64)
    distances = np.array([one.distance for one in near], np.float32)
    place = place_among(overview, ids, distances)
    return Placement(
        overview=overview,
        work_id=work_id,
        neighbours=placements.pack_ids(ids),
        distances=placements.pack_distances(distances),
        outlier_score=float(outlier_scores.mean_distances(distances[None])[0]),
        group_id=place.group,
        subgroup_id=place.subgroup,
        x=place.x,
        y=place.y,
        has_joined=True,
    )


def place_among(overview: Overview, ids: NDArray[np.int64], distances: NDArray[np.float32]) -> Place:
    """Return the group of most of the nearest placed works, and their mean position; nearer works count more."""
    columns = ("work", "group", "subgroup", "x", "y")
    rows = {row[0]: row[1:] for row in
            Placement.objects.filter(overview=overview, work__in=ids.tolist()).values_list(*columns)}  # fmt: skip
    near = [(pk, float(distance)) for pk, distance in zip(ids.tolist(), distances, strict=True) if pk in rows][:VOTERS]
    weights = {pk: 1.0 / (distance + 1e-3) for pk, distance in near}
    group = most_voted({pk: rows[pk][0] for pk in weights}, weights)
    members = {pk: rows[pk][1] for pk in weights if rows[pk][0] == group}
    at = {pk: rows[pk][2:] for pk in members if rows[pk][2] is not None}
    total = sum(weights[pk] for pk in at)
    x, y = (sum(weights[pk] * at[pk][axis] for pk in at) / total if at else None for axis in (0, 1))
    return Place(group, most_voted(members, weights), x, y)


def most_voted(values: Mapping[int, int | None], weights: Mapping[int, float]) -> int | None:
    """Return the value with the greatest sum of weights, or None without values."""
    votes: dict[int | None, float] = defaultdict(float)
    for pk, value in values.items():
        votes[value] += weights[pk]
    return max(votes, key=votes.__getitem__, default=None)
