"""Each space's index: one partial HNSW graph (Malkov & Yashunin 2018) on vector::halfvec(dimensions), by pgvector."""

from django.db import connection

from similarity.index import advisory_locks
from similarity.models import Metric, Space

# By measurement among 30,000 and a million descriptors: docs/decisions/0014.
M = 24  # links a node; the graph's size and recall grow with it
EF_CONSTRUCTION = 300
# Of whoever makes or drops an index of this table: two would wait for each other, for as long as a large one takes to
# make, and sweeps with them.
LOCK = 0x4B1D2ED

OPERATOR_CLASSES = {
    Metric.COSINE: "halfvec_cosine_ops",
    Metric.L2: "halfvec_l2_ops",
    Metric.INNER_PRODUCT: "halfvec_ip_ops",
}


def create(space: Space) -> bool:
    """Makes the space's index, without holding up those who write; except inside a transaction, where PostgreSQL knows
    no such way. False where there is one already, or another worker is at one. Of a full space it takes long."""
    with advisory_locks.alone(LOCK) as is_alone:
        if not is_alone or is_made(space):
            return False
        with connection.cursor() as cursor:
            cursor.execute(
                f"DROP INDEX {concurrently()} IF EXISTS {space.index_name}"
            )  # half-made, by a worker that died
            cursor.execute(
                f"CREATE INDEX {concurrently()} {space.index_name} ON similarity_embedding USING hnsw"
                f" ((vector::halfvec({space.dimensions})) {OPERATOR_CLASSES[Metric(space.metric)]})"
                f" WITH (m = {M}, ef_construction = {EF_CONSTRUCTION}) WHERE space_id = {space.pk}"
            )
        return True


def drop(space: Space) -> bool:
    """True once the space has no index; without a lock that makes searches wait, except inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [space.index_name])
        if cursor.fetchone() == (None,):
            return True
        with advisory_locks.alone(LOCK) as is_alone:
            if is_alone:
                cursor.execute(f"DROP INDEX {concurrently()} IF EXISTS {space.index_name}")
        return is_alone


def is_made(space: Space) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [space.index_name])
        return cursor.fetchone() == (True,)


def concurrently() -> str:
    return "" if connection.in_atomic_block else "CONCURRENTLY"
