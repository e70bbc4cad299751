"""Locks that the database keeps for a session of one worker, and frees at once when that one is killed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(*key: int) -> Iterator[bool]:
    """Within, where true: no other session holds the same key. Nobody waits, and no transaction is open for it.

    A key is one number, or the kind of a thing and its id (PostgreSQL keeps the two apart). Inside a transaction the
    key is held until that ends, as a failed one could not give it back.
    """
    kept_until_end = "xact_" if connection.in_atomic_block else ""
    numbers = ", ".join(["%s"] * len(key))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_{kept_until_end}lock({numbers})", key)
        (is_alone,) = cursor.fetchone()
        try:
            yield is_alone
        finally:
            if is_alone and not kept_until_end:
                cursor.execute(f"SELECT pg_advisory_unlock({numbers})", key)
