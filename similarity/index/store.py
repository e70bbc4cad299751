"""The only module that writes or compares vectors: embeddings in, neighbours out, by pgvector.

A query finds its space's index (`hnsw`) only with the same cast, the operator of its operator class and the space's id
as a literal; a test reads EXPLAIN.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Cast, Least
from numpy.typing import NDArray
from pgvector import HalfVector
from pgvector.django import CosineDistance, HalfVectorField, L2Distance, MaxInnerProduct

from similarity.index import statements
from similarity.models import Embedding, Metric, Space

# Measured, docs/decisions/0014; more where a longer list is asked for: it would silently end there.
EF_SEARCH = 60
EF_SEARCH_LIMIT = 1000  # pgvector's
VIEWS_PER_WORK = 2  # pictures fetched per work wanted; more are fetched where works have more views

DISTANCES: dict[str, Callable[..., CosineDistance | L2Distance | MaxInnerProduct]] = {
    Metric.COSINE: CosineDistance,
    Metric.L2: L2Distance,
    Metric.INNER_PRODUCT: MaxInnerProduct,
}

VECTOR = object()  # stands in a written statement's parameters for the vector that is asked about

Vector = NDArray[np.float32]


class UnusableVectorError(ValueError):
    """A vector that holds NaN or infinity, has no length, or has the wrong number of dimensions."""


@dataclass(frozen=True)
class Neighbour:
    image_id: int
    work_id: int
    distance: float  # in the space's metric, smaller is nearer


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
    """At most k pictures, nearest first, of those that `among` admits (a query over Embedding).

    A filter picks from a list of the graph's nearest. Where it left too few, it picks from one twice as long as should
    hold enough; if no list is that long, every picture it admits is compared. Why not pgvector's iterative scans:
    docs/decisions/0014.
    """
    length = min(max(EF_SEARCH, k * 5 // 4), EF_SEARCH_LIMIT)
    sql, parameters = statement(space, vector, k, among)
    found = fetch(sql, parameters, length)
    while len(found) < k <= len(found) * EF_SEARCH_LIMIT // length and length < EF_SEARCH_LIMIT:
        length = min(2 * length * k // len(found), EF_SEARCH_LIMIT)
        found = fetch(sql, parameters, length)
    if len(found) < k:
        found = fetch(*statement(space, vector, k, among, is_exact=True))
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
    """At most k works, least alike first: the nearest to the opposite vector. For vectors of length 1."""
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


def query(space: Space, vector: Vector, among: Q, *, is_exact: bool = False) -> QuerySet[Any]:
    """Embeddings of a space by distance, in the very form that its index serves; or in one that no index serves."""
    column = Cast("vector", HalfVectorField(dimensions=space.dimensions))
    distance = DISTANCES[space.metric](column, HalfVector(vector.astype(np.float16)))
    order = F("distance") + 0.0 if is_exact else "distance"
    return Embedding.objects.filter(among, space=space).annotate(distance=distance).order_by(order)


def statement(space: Space, vector: Vector, k: int, among: Q, *, is_exact: bool = False) -> tuple[str, Sequence[Any]]:
    """SQL and parameters of `query`, the first k; as written before, for a filter of the same form."""
    try:
        form, numbers = statements.parse(among)
        made = written(space.pk, space.metric, space.dimensions, k, form, len(numbers), is_exact)
        sql, parameters = made.filled(numbers)
    except statements.UnknownFormError:
        return first(query(space, vector, among, is_exact=is_exact), k).query.sql_with_params()
    return sql, [text_of(vector) if parameter is VECTOR else parameter for parameter in parameters]


@lru_cache(maxsize=statements.HELD)
def written(
    space_id: int, metric: str, dimensions: int, k: int, form: Hashable, count: int, is_exact: bool
) -> statements.Written:
    """Raises UnknownFormError."""
    space, ones = Space(pk=space_id, metric=metric, dimensions=dimensions), np.ones(dimensions, np.float32)
    made = statements.write(form, count, lambda among: first(query(space, ones, among, is_exact=is_exact), k))
    text = HalfVector(ones.astype(np.float16)).to_text()  # as pgvector's package writes it into the query
    return replace(made, parameters=tuple(VECTOR if each == text else each for each in made.parameters))


def text_of(vector: Vector) -> str:
    """(D,) as pgvector reads it, half as long as Python would write it: five digits tell all halves apart."""
    return f"[{','.join(['%.5g'] * len(vector))}]" % tuple(vector.astype(np.float16).tolist())


def first(rows: QuerySet[Any], k: int) -> QuerySet[Any]:
    return rows.values_list("image_id", "image__artwork_id", "distance")[:k]


def fetch(sql: str, parameters: Sequence[Any], length: int | None = None) -> list[Neighbour]:
    return [Neighbour(*row) for row in rows_of(sql, parameters, length)]


def rows_of(sql: str, parameters: Sequence[Any], length: int | None = None) -> list[tuple[Any, ...]]:
    """Return the rows of a query; through an HNSW index with a list of so many candidates (1 to 1,000).

    The setting goes along in one message: one way there and back. It ends with the query, also inside an open
    transaction. Django's cursor, which writes parameters into the text, makes that possible.
    """
    with connection.cursor() as cursor:
        if length is None:
            cursor.execute(sql, parameters)
        else:
            cursor.execute(f"SET LOCAL hnsw.ef_search = {length}; {sql}; RESET hnsw.ef_search", parameters)
            cursor.nextset()
        return cursor.fetchall()
