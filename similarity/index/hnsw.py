"""The index of a space: a partial HNSW graph (Malkov & Yashunin 2018) on vector::halfvec(dimensions), by pgvector."""

from django.db import connection

from similarity.index import advisory_locks
from similarity.models import Metric, Space

# Measured among 30,000 and a million descriptors: docs/decisions/0014.
M = 24  # links for each node; the graph's size and the recall grow with it
EF_CONSTRUCTION = 300  # candidates for the links of a new node
# Of the worker that builds or drops an index. Without it a second one, and the sweep that drops indexes, would wait in
# PostgreSQL for as long as the build of a large index takes.
LOCK = 0x4B1D2ED

OPERATOR_CLASSES = {
    Metric.COSINE: "halfvec_cosine_ops",
    Metric.L2: "halfvec_l2_ops",
    Metric.INNER_PRODUCT: "halfvec_ip_ops",
}


def create(space: Space) -> bool:
    """Build the index of a space. This takes long for a large space; rows can be written at the same time.

    Return False if there is one already, or if another worker builds or drops one. Inside a transaction PostgreSQL
    cannot build concurrently, so there rows cannot be written until it ends.
    """
    with advisory_locks.try_lock(LOCK) as has_lock:
        if not has_lock or is_made(space):
            return False
        with connection.cursor() as cursor:
            # an invalid index is left where a worker died while it built
            cursor.execute(f"DROP INDEX {concurrently()} IF EXISTS {space.index_name}")
            cursor.execute(
                f"CREATE INDEX {concurrently()} {space.index_name} ON similarity_embedding USING hnsw"
                f" ((vector::halfvec({space.dimensions})) {OPERATOR_CLASSES[Metric(space.metric)]})"
                f" WITH (m = {M}, ef_construction = {EF_CONSTRUCTION}) WHERE space_id = {space.pk}"
            )
        return True


def drop(space: Space) -> bool:
    """Drop the index of a space. Return True if there is none now, False if another worker builds or drops one.

    Searches need not wait for it, except inside a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [space.index_name])
        if cursor.fetchone() == (None,):
            return True
        with advisory_locks.try_lock(LOCK) as has_lock:
            if has_lock:
                cursor.execute(f"DROP INDEX {concurrently()} IF EXISTS {space.index_name}")
        return has_lock


def is_made(space: Space) -> bool:
    """Return True if the space has an index that is complete."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [space.index_name])
        return cursor.fetchone() == (True,)


def concurrently() -> str:
    """Return the keyword of a statement that lets others read and write, "" inside a transaction, which forbids it."""
    return "" if connection.in_atomic_block else "CONCURRENTLY"
