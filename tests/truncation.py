"""Let Django empty all tables after a test that commits, also that of the audit log, which refuses to be emptied."""

from django.db import connection


def allow() -> None:
    """Switch the trigger off. Call this after every migration."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE collection_auditentry DISABLE TRIGGER audit_log_is_not_truncated")


def refuse() -> None:
    """Switch the trigger on, as on a real site. Call this inside a transaction that is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE collection_auditentry ENABLE TRIGGER audit_log_is_not_truncated")
