"""Read the vectors of all works, and read and write their rows in an overview."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max
from numpy.typing import NDArray

from collection import permissions
from collection.models import Artwork
from similarity.groups.graphs.knn_graph import KnnGraph
from similarity.index import store
from similarity.models import Embedding, Overview, Placement, Space

BATCH = 2_000  # rows that are read or written at once


@dataclass(frozen=True)
class WorkVectors:
    """The vectors of all works of a space, each of its first picture that has one."""

    work_ids: NDArray[np.int64]  # (N,), ascending
    vectors: NDArray[np.float32]  # (N, D) of length 1
    last_embedding: int  # no embedding with a greater id was read


def read_vectors(space: Space, *, only: Sequence[int] | None = None) -> WorkVectors:
    """Return the vectors of all works that are no aliases, or of those with the ids `only`."""
    rows = Embedding.objects.filter(permissions.unmerged("image__artwork__"), space=space)
    last: int = Embedding.objects.filter(space=space).aggregate(last=Max("pk"))["last"] or 0
    if only is not None:
        rows = rows.filter(image__artwork__in=only)
    leading = rows.order_by("image__artwork_id", "image__position", "image_id").distinct("image__artwork_id")
    found = leading.values_list("image__artwork", "vector").iterator(chunk_size=BATCH)
    work_ids: list[int] = []
    blocks: list[NDArray[np.float32]] = []
    while chunk := list(islice(found, BATCH)):
        work_ids += [work_id for work_id, _ in chunk]
        blocks.append(np.stack([store.as_array(vector) for _, vector in chunk]))
    vectors = np.concatenate(blocks) if blocks else np.empty((0, space.dimensions), np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return WorkVectors(np.array(work_ids, np.int64), vectors / np.maximum(lengths, 1e-12), last)


def pack_ids(ids: NDArray[np.int64]) -> bytes:
    return ids.astype("<i8").tobytes()


def unpack_ids(packed: bytes) -> NDArray[np.int64]:
    return np.frombuffer(packed, "<i8")


def pack_distances(distances: NDArray[np.float32]) -> bytes:
    return distances.astype("<f4").tobytes()


def unpack_distances(packed: bytes) -> NDArray[np.float32]:
    return np.frombuffer(packed, "<f4")


def replace_all(
    overview: Overview, works: WorkVectors, graph: KnnGraph, scores: NDArray[np.float32], kind_scores: Sequence[Any]
) -> None:
    """Write the row of each work, with its neighbours and outlier scores. Rows of an earlier attempt are replaced.

    scores: (N,) among all works. kind_scores: for each work as `record_kinds.scores` returns them.

    Works that were deleted in the meantime get no row. Each batch is a transaction of its own, because it locks its
    works, and nobody could withdraw a work during a transaction of all.
    """
    Placement.objects.filter(overview=overview).delete()
    for start in range(0, len(works.work_ids), BATCH):
        ids = works.work_ids[start : start + BATCH]
        with transaction.atomic():
            existing = existing_works(ids)
            Placement.objects.bulk_create(
                Placement(
                    overview=overview,
                    work_id=work_id,
                    neighbours=pack_ids(works.work_ids[graph.indices[row]]),
                    distances=pack_distances(graph.distances[row]),
                    outlier_score=float(scores[row]),
                    kind_scores=kind_scores[row],
                )
                for row, work_id in enumerate(ids.tolist(), start)
                if work_id in existing
            )


def existing_works(work_ids: NDArray[np.int64]) -> set[int]:
    """Return those of these works that exist. They are locked against deletion until the transaction ends."""
    rows = Artwork.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    return set(rows.filter(pk__in=work_ids.tolist()).values_list("pk", flat=True))


def in_order(overview: Overview) -> Iterator[Placement]:
    """Return all rows of an overview by ascending id of the work, without holding them in memory."""
    return Placement.objects.filter(overview=overview).order_by("work_id").iterator(chunk_size=BATCH)
