"""Read the audit log in tests."""

from collection.models import AuditEntry


def recorded() -> list[tuple[str, str, str, str]]:
    """Return (who, verb, kind, label) of every entry, the oldest first."""
    return list(AuditEntry.objects.order_by("pk").values_list("user_name", "verb", "kind", "label"))


def last() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk")[0]
