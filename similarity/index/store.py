"""The only module that writes or compares vectors: embeddings in, neighbours out, by pgvector.

PostgreSQL uses a space's HNSW index (`hnsw`) only for a query with the same cast, the operator of its operator class
and the id of the space as a literal. A test reads EXPLAIN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from pgvector import HalfVector

from similarity.index.query_filters import Filter
from similarity.models import Embedding, Metric, Region, Space

EF_SEARCH = 60  # candidates in HNSW's list, by measurement (docs/decisions/0014); more where more are wanted
EF_SEARCH_LIMIT = 1000  # pgvector's
REGIONS_PER_PICTURE = 3  # windows fetched for each picture wanted, as neighbouring windows of one picture are alike
EMBEDDING, REGION = "similarity_embedding", "similarity_region"  # tables
VIEWS_PER_WORK = 2  # pictures fetched for each work wanted; more are fetched where works have more views

OPERATORS = {Metric.COSINE: "<=>", Metric.L2: "<->", Metric.INNER_PRODUCT: "<#>"}

Vector = NDArray[np.float32]
Statement = tuple[str, Sequence[Any]]


class UnusableVectorError(ValueError):
    """A vector that holds NaN or infinity, has length 0, or has the wrong number of dimensions."""


@dataclass(frozen=True)
class Neighbour:
    image_id: int
    work_id: int
    distance: float  # in the space's metric, smaller is nearer


def usable(space: Space, vectors: Vector) -> NDArray[np.bool_]:
    """Return (N,): whether each row of (N, parts * D) can be stored here. Raise UnusableVectorError for another D.

    The vector of the whole picture, which comes first, must not be zero.
    """
    wanted = space.parts * space.dimensions
    if vectors.ndim != 2 or vectors.shape[1] != wanted:
        raise UnusableVectorError(f"Space {space.pk} holds {wanted} numbers a picture, not {vectors.shape}.")
    is_whole_usable = np.abs(vectors[:, : space.dimensions]).max(axis=1, initial=0.0) > 0
    return np.isfinite(vectors).all(axis=1) & is_whole_usable


def put_all(space: Space, image_ids: Sequence[int], vectors: Vector) -> None:
    """Store (N, parts * D) float32, one row for each picture; replace stored ones. Raise UnusableVectorError."""
    if not usable(space, vectors).all():
        raise UnusableVectorError("A vector with NaN, infinity or no length can't be compared.")
    wholes = vectors[:, : space.dimensions]
    Embedding.objects.bulk_create(
        [Embedding(space=space, image_id=pk, vector=HalfVector(v)) for pk, v in zip(image_ids, wholes, strict=True)],
        update_conflicts=True,
        unique_fields=["space", "image"],
        update_fields=["vector"],
    )
    if space.parts > 1:
        put_regions(space, image_ids, vectors[:, space.dimensions :])


def put_regions(space: Space, image_ids: Sequence[int], vectors: Vector) -> None:
    """Store the vectors of windows, (N, (parts - 1) * D) float32; replace stored ones. A blank window has none."""
    windows = vectors.reshape(len(vectors), space.parts - 1, space.dimensions)
    Region.objects.filter(space=space, image__in=image_ids).delete()
    Region.objects.bulk_create(
        Region(space=space, image_id=pk, part=part, vector=HalfVector(vector))
        for pk, parts in zip(image_ids, windows, strict=True)
        for part, vector in enumerate(parts, start=1)
        if vector.any()
    )


def put_on_wall(space: Space, vectors: Mapping[int, Vector]) -> None:
    """Store the vectors (D,) float32 of the works on walls in pictures, by image id. Call it after `put_all`.

    Each vector is a further region of its picture, after the windows.
    """
    Region.objects.bulk_create(
        Region(space=space, image_id=pk, part=space.parts, vector=HalfVector(vector))
        for pk, vector in vectors.items()
        if np.isfinite(vector).all() and vector.any()
    )


def regions_of(space: Space, image_ids: Sequence[int]) -> dict[int, Vector]:
    """Return the stored vectors of regions by image id: (P, D) float32, P up to `parts`: windows, a work on a wall."""
    found: dict[int, list[Vector]] = {}
    rows = Region.objects.filter(space=space, image__in=image_ids).order_by("image", "part")
    for pk, vector in rows.values_list("image_id", "vector"):
        found.setdefault(pk, []).append(as_array(vector))
    return {pk: np.stack(parts) for pk, parts in found.items()}


def vectors_of(space: Space, image_ids: Sequence[int]) -> dict[int, Vector]:
    """Return the stored vectors, (D,) float32, by image id. Pictures without one are left out."""
    rows = Embedding.objects.filter(space=space, image_id__in=image_ids).values_list("image_id", "vector")
    return {pk: as_array(vector) for pk, vector in rows}


def as_array(vector: Sequence[float]) -> Vector:
    """Return a stored vector, as Django reads it, as (D,) float32."""
    return np.asarray(vector, np.float32)


def nearest_images(space: Space, vector: Vector, k: int, among: Filter = Filter()) -> list[Neighbour]:  # noqa: B008
    """Return at most k pictures that the filter admits, nearest first.

    The index gives a list of candidates, and the filter picks from it. If too few are left, a longer list is made, its
    length estimated from the share that was admitted. If no list would be long enough, or a longer one finds no more,
    all pictures that the filter admits are compared. docs/decisions/0014 explains why pgvector's iterative scans are
    not used.
    """
    length = min(max(EF_SEARCH, k * 5 // 4), EF_SEARCH_LIMIT)
    statement = nearest_statement(space, vector, k, among)
    found = fetch(statement, length)
    while len(found) < k <= len(found) * EF_SEARCH_LIMIT // length and length < EF_SEARCH_LIMIT:
        length = min(2 * length * k // len(found), EF_SEARCH_LIMIT)
        shorter, found = found, fetch(statement, length)
        if len(found) == len(shorter):
            break  # a list that is longer than the index, or whose further candidates the filter does not admit
    if len(found) < k:
        found = fetch(exact_statement(space, vector, k, among))
    return found


def nearest_works(space: Space, vector: Vector, k: int, among: Filter = Filter()) -> list[Neighbour]:  # noqa: B008
    """Return at most k works, nearest first, each by its nearest picture."""
    wanted = k * VIEWS_PER_WORK
    while True:
        found = nearest_images(space, vector, wanted, among)
        best: dict[int, Neighbour] = {}
        for neighbour in found:
            best.setdefault(neighbour.work_id, neighbour)
        if len(best) >= k or len(found) < wanted:
            return list(best.values())[:k]
        wanted *= 4


def nearest_by_regions(space: Space, vector: Vector, k: int, among: Filter = Filter()) -> list[Neighbour]:  # noqa: B008
    """Return at most k pictures with a window near to the vector (D,) of a whole picture, nearest first.

    The index gives a list of windows, of which a picture may have several. With a narrow filter few may be left.
    """
    wanted = REGIONS_PER_PICTURE * k
    return best_of(fetch(nearest_statement(space, vector, wanted, among, REGION), max(EF_SEARCH, wanted)), k)


def nearest_to_regions(space: Space, windows: Vector, k: int, among: Filter = Filter()) -> list[Neighbour]:  # noqa: B008
    """Return at most k whole pictures near to any of the windows (P, D) of another, nearest first. One statement."""
    if not len(windows):
        return []
    statements = [nearest_statement(space, vector, k, among) for vector in windows]
    sql = " UNION ALL ".join(f"({sql})" for sql, _ in statements)
    return best_of(fetch((sql, [value for _, values in statements for value in values]), EF_SEARCH), k)


def best_of(found: Sequence[Neighbour], k: int) -> list[Neighbour]:
    """Return each picture once, by its least distance: the k nearest."""
    best: dict[int, Neighbour] = {}
    for neighbour in sorted(found, key=lambda one: one.distance):
        best.setdefault(neighbour.image_id, neighbour)
    return list(best.values())[:k]


def farthest_works(space: Space, vector: Vector, k: int, among: Filter = Filter()) -> list[Neighbour]:  # noqa: B008
    """Return at most k works, least similar first: the nearest to the opposite vector. For vectors of length 1."""
    return nearest_works(space, -vector, k, among)


def distances(space: Space, vectors: Vector, among: Filter) -> list[Neighbour]:
    """Return the exact distance of each picture that the filter admits to the nearest of (V, D), in no order.

    One query without the index, for a few hundred known pictures.
    """
    each = [distance_sql(space)] * len(vectors)
    distance = f"LEAST({', '.join(each)})" if len(each) > 1 else each[0]
    return fetch((selection(space, distance, among), [*map(text_of, vectors), *among.parameters]))


def nearest_statement(space: Space, vector: Vector, k: int, among: Filter, table: str = EMBEDDING) -> Statement:
    """Return the SQL and parameters of a query that the space's index of this table serves."""
    sql = f"{selection(space, distance_sql(space, table), among, table)} ORDER BY 3 LIMIT {k:d}"
    return sql, [text_of(vector), *among.parameters]


def exact_statement(space: Space, vector: Vector, k: int, among: Filter) -> Statement:
    """Return the SQL and parameters of a query that compares all pictures that the filter admits."""
    every = selection(space, distance_sql(space), among)
    sql = f"WITH every AS MATERIALIZED ({every}) SELECT * FROM every ORDER BY 3 LIMIT {k:d}"  # noqa: S608
    return sql, [text_of(vector), *among.parameters]


def selection(space: Space, distance: str, among: Filter, table: str = EMBEDDING) -> str:
    admitted = f" AND {among.sql}" if among.sql else ""
    return (
        f'SELECT "{table}"."image_id", "collection_artworkimage"."artwork_id", {distance}'  # noqa: S608
        f' FROM "{table}" {among.joins} WHERE "{table}"."space_id" = {space.pk:d}{admitted}'
    )


def distance_sql(space: Space, table: str = EMBEDDING) -> str:
    """Return the distance to one parameter, with the cast and operator of the index."""
    return f'"{table}"."vector"::halfvec({space.dimensions:d}) {OPERATORS[Metric(space.metric)]} %s'


def text_of(vector: Vector) -> str:
    """Return (D,) as pgvector's text. Five digits distinguish all float16 values and are half as long as repr."""
    return f"[{','.join(['%.5g'] * len(vector))}]" % tuple(vector.astype(np.float16).tolist())


def fetch(statement: Statement, length: int | None = None) -> list[Neighbour]:
    return [Neighbour(*row) for row in rows_of(*statement, length)]


def rows_of(sql: str, parameters: Sequence[Any], length: int | None = None) -> list[tuple[Any, ...]]:
    """Return the rows of a query. With a length, its HNSW index keeps a list of so many candidates (1 to 1,000).

    The setting is sent in the same message, which saves a round trip. It ends with the query, also inside an open
    transaction. This needs Django's cursor, which writes parameters into the text.
    """
    with connection.cursor() as cursor:
        if length is None:
            cursor.execute(sql, parameters)
        else:
            cursor.execute(f"SET LOCAL hnsw.ef_search = {length:d}; {sql}; RESET hnsw.ef_search", parameters)
            cursor.nextset()
        return cursor.fetchall()
