"""PostgreSQL's advisory locks. The database releases them at once when the process that holds them is killed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def try_lock(*key: int) -> Iterator[bool]:
    """Yield True if this session got the lock of the key, False if another session holds it. Never wait.

    A key is one number, or the kind of a row and its id; PostgreSQL keeps keys of one and of two numbers apart. No
    transaction is opened. Inside an open transaction the lock is held until that ends, because a transaction that has
    failed could not release it.
    """
    until_commit = "xact_" if connection.in_atomic_block else ""
    numbers = ", ".join(["%s"] * len(key))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_{until_commit}lock({numbers})", key)
        (has_lock,) = cursor.fetchone()
        try:
            yield has_lock
        finally:
            if has_lock and not until_commit:
                cursor.execute(f"SELECT pg_advisory_unlock({numbers})", key)
