"""The only module that writes or compares vectors: embeddings in, neighbours out, by pgvector.

Each space has one partial HNSW index (Malkov & Yashunin 2018) on vector::halfvec(dimensions). A query finds it only
with the same cast, the operator of its operator class and the space's id as a literal; a test reads EXPLAIN.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast, Least
from numpy.typing import NDArray
from pgvector import HalfVector
from pgvector.django import CosineDistance, HalfVectorField, L2Distance, MaxInnerProduct

from similarity.models import Embedding, Metric, Space

M = 16  # links a node; the index's size and recall grow with it
EF_CONSTRUCTION = 100
EF_SEARCH = 120  # pgvector's own 40 would silently end every list at 40 rows
EF_SEARCH_LIMIT = 1000  # pgvector's
VIEWS_PER_WORK = 3  # pictures fetched per work wanted; more are fetched where works have more views

OPERATOR_CLASSES = {
    Metric.COSINE: "halfvec_cosine_ops",
    Metric.L2: "halfvec_l2_ops",
    Metric.INNER_PRODUCT: "halfvec_ip_ops",
}
DISTANCES: dict[str, Callable[..., CosineDistance | L2Distance | MaxInnerProduct]] = {
    Metric.COSINE: CosineDistance,
    Metric.L2: L2Distance,
    Metric.INNER_PRODUCT: MaxInnerProduct,
}

Vector = NDArray[np.float32]


class UnusableVectorError(ValueError):
    """A vector that holds NaN or infinity, has no length, or has the wrong number of dimensions."""


@dataclass(frozen=True)
class Neighbour:
    image_id: int
    work_id: int
    distance: float  # in the space's metric, smaller is nearer


def create(space: Space) -> None:
    """Makes the space's index, if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS {space.index_name} ON similarity_embedding"
            f" USING hnsw ((vector::halfvec({space.dimensions})) {OPERATOR_CLASSES[Metric(space.metric)]})"
            f" WITH (m = {M}, ef_construction = {EF_CONSTRUCTION}) WHERE space_id = {space.pk}"
        )


def usable(space: Space, vectors: Vector) -> NDArray[np.bool_]:
    """(N, D) -> (N,): which rows may be stored in this space. Raises UnusableVectorError for another D."""
    if vectors.ndim != 2 or vectors.shape[1] != space.dimensions:
        raise UnusableVectorError(f"Space {space.pk} holds {space.dimensions} numbers a picture, not {vectors.shape}.")
    return np.isfinite(vectors).all(axis=1) & (np.abs(vectors).max(axis=1, initial=0.0) > 0)


def put_all(space: Space, image_ids: Sequence[int], vectors: Vector) -> None:
    """(N, D) float32, one row a picture; rows already there are replaced. Raises UnusableVectorError."""
    if not usable(space, vectors).all():
        raise UnusableVectorError("A vector with NaN, infinity or no length can't be compared.")
    Embedding.objects.bulk_create(
        [Embedding(space=space, image_id=pk, vector=HalfVector(v)) for pk, v in zip(image_ids, vectors, strict=True)],
        update_conflicts=True,
        unique_fields=["space", "image"],
        update_fields=["vector"],
    )


def vectors_of(space: Space, image_ids: Sequence[int]) -> dict[int, Vector]:
    """The stored vectors (D,) float32 of these pictures, as far as there are any."""
    rows = Embedding.objects.filter(space=space, image_id__in=image_ids).values_list("image_id", "vector")
    return {pk: as_array(vector) for pk, vector in rows}


def as_array(vector: Sequence[float]) -> Vector:
    """A stored vector, as Django reads it, as (D,) float32."""
    return np.asarray(vector, np.float32)


def nearest_images(space: Space, vector: Vector, k: int, among: Q = Q()) -> list[Neighbour]:
    """At most k pictures, nearest first, of those that `among` admits (a query over Embedding)."""
    with transaction.atomic():
        search_widely(k)
        found = fetch(query(space, vector, among), k)
        if len(found) < k:  # the scan ended before the filter was satisfied: look at every row instead
            with every_row_compared():
                found = fetch(query(space, vector, among), k)
    return found


def nearest_works(space: Space, vector: Vector, k: int, among: Q = Q()) -> list[Neighbour]:
    """At most k works, nearest first, each by its nearest picture."""
    wanted = k * VIEWS_PER_WORK
    while True:
        found = nearest_images(space, vector, wanted, among)
        best: dict[int, Neighbour] = {}
        for neighbour in found:
            best.setdefault(neighbour.work_id, neighbour)
        if len(best) >= k or len(found) < wanted:
            return list(best.values())[:k]
        wanted *= 4


def farthest_works(space: Space, vector: Vector, k: int, among: Q = Q()) -> list[Neighbour]:
    """At most k works, least alike first: the nearest to the opposite vector. For cosine and inner product."""
    return nearest_works(space, -vector, k, among)


def distances(space: Space, vectors: Vector, among: Q) -> list[Neighbour]:
    """Exactly, by one query without the index: how far the pictures that `among` admits are from the nearest of (V, D).

    In no order. For a few hundred pictures that were found before; whoever wants neighbours asks nearest_works.
    """
    column = Cast("vector", HalfVectorField(dimensions=space.dimensions))
    each = [DISTANCES[space.metric](column, HalfVector(vector.astype(np.float16))) for vector in vectors]
    nearest = Least(*each) if len(each) > 1 else each[0]
    rows = Embedding.objects.filter(among, space=space).annotate(distance=nearest)
    return [Neighbour(*row) for row in rows.values_list("image_id", "image__artwork_id", "distance")]


def query(space: Space, vector: Vector, among: Q) -> QuerySet[Any]:
    """Embeddings of a space by distance, in the very form that its index serves."""
    column = Cast("vector", HalfVectorField(dimensions=space.dimensions))
    distance = DISTANCES[space.metric](column, HalfVector(vector.astype(np.float16)))
    return Embedding.objects.filter(among, space=space).annotate(distance=distance).order_by("distance")


def fetch(rows: QuerySet[Any], k: int) -> list[Neighbour]:
    values = rows.values_list("image_id", "image__artwork_id", "distance")[:k]
    return [Neighbour(*row) for row in values]


def search_widely(k: int) -> None:
    """For this transaction: a list as long as asked for, and a scan that goes on where a filter left too few."""
    ef_search = min(max(EF_SEARCH, 2 * k), EF_SEARCH_LIMIT)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL hnsw.ef_search = {ef_search}; SET LOCAL hnsw.iterative_scan = strict_order")


@contextmanager
def every_row_compared() -> Iterator[None]:
    """Within a transaction: no index is used. Put right at the end, as the transaction may go on."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
        yield
        cursor.execute("SET LOCAL enable_indexscan = on")
