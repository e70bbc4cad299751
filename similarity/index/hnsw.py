"""The indexes of a space: partial HNSW graphs (Malkov & Yashunin 2018) on vector::halfvec(dimensions), by pgvector."""

from dataclasses import dataclass

from django.db import connection

from similarity.index import advisory_locks
from similarity.models import Metric, Space

# Measured among 30,000 and a million descriptors: docs/decisions/0014.
M = 24  # links for each node; the graph's size and the recall grow with it
EF_CONSTRUCTION = 300  # candidates for the links of a new node
# A picture has several windows, and the nearest of all is wanted, so a coarser graph is enough.
REGION_M = 12
REGION_EF_CONSTRUCTION = 64
# Of the worker that builds or drops an index. Without it a second one, and the sweep that drops indexes, would wait in
# PostgreSQL for as long as the build of a large index takes.
LOCK = 0x4B1D2ED

OPERATOR_CLASSES = {
    Metric.COSINE: "halfvec_cosine_ops",
    Metric.L2: "halfvec_l2_ops",
    Metric.INNER_PRODUCT: "halfvec_ip_ops",
}


@dataclass(frozen=True)
class Index:
    """An index of a space, by its name in the database."""

    name: str
    table: str
    m: int
    ef_construction: int


def indexes_of(space: Space) -> list[Index]:
    """Return the indexes that a space needs: of whole pictures and, if it has several parts, of windows."""
    found = [Index(space.index_name, "similarity_embedding", M, EF_CONSTRUCTION)]
    if space.parts > 1:
        found.append(Index(space.region_index_name, "similarity_region", REGION_M, REGION_EF_CONSTRUCTION))
    return found


def create(space: Space) -> bool:
    """Build the indexes of a space. This takes long for a large space; rows can be written at the same time.

    Return False if there are all already, or if another worker builds or drops one. Inside a transaction PostgreSQL
    cannot build concurrently, so there rows cannot be written until it ends.
    """
    with advisory_locks.try_lock(LOCK) as has_lock:
        missing = [index for index in indexes_of(space) if not is_valid(index)] if has_lock else []
        with connection.cursor() as cursor:
            for index in missing:
                # an invalid index is left where a worker died while it built
                cursor.execute(f"DROP INDEX {concurrently()} IF EXISTS {index.name}")
                cursor.execute(
                    f"CREATE INDEX {concurrently()} {index.name} ON {index.table} USING hnsw"
                    f" ((vector::halfvec({space.dimensions})) {OPERATOR_CLASSES[Metric(space.metric)]})"
                    f" WITH (m = {index.m}, ef_construction = {index.ef_construction}) WHERE space_id = {space.pk}"
                )
        return bool(missing)


def drop(space: Space) -> bool:
    """Drop the indexes of a space. Return True if there is none now, False if another worker builds or drops one.

    Searches need not wait for it, except inside a transaction.
    """
    with connection.cursor() as cursor:
        there = [index for index in indexes_of(space) if exists(index)]
        if not there:
            return True
        with advisory_locks.try_lock(LOCK) as has_lock:
            for index in there if has_lock else []:
                cursor.execute(f"DROP INDEX {concurrently()} IF EXISTS {index.name}")
        return has_lock


def is_made(space: Space) -> bool:
    """Return True if the space has its indexes, and they are complete."""
    return all(is_valid(index) for index in indexes_of(space))


def is_valid(index: Index) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [index.name])
        return cursor.fetchone() == (True,)


def exists(index: Index) -> bool:
    """Return True if the index exists, complete or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [index.name])
        return cursor.fetchone() != (None,)


def concurrently() -> str:
    """Return the keyword of a statement that lets others read and write, "" inside a transaction, which forbids it."""
    return "" if connection.in_atomic_block else "CONCURRENTLY"
