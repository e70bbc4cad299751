"""Let Django empty all tables after a test that commits, also those that refuse to be emptied: logs and histories."""

from django.db import connection

TRIGGERS = {
    "collection_auditentry": "audit_log_is_not_truncated",
    "collection_workmerge": "merges_are_not_truncated",
}


def allow() -> None:
    """Switch the triggers off. Call this after every migration."""
    switch("DISABLE")


def refuse() -> None:
    """Switch the triggers on, as on a real site. Call this inside a transaction that is rolled back."""
    switch("ENABLE")


def switch(how: str) -> None:
    with connection.cursor() as cursor:
        for table, trigger in TRIGGERS.items():
            cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {trigger}")
