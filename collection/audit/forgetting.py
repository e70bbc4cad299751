"""Remove the addresses of clients from old entries of the audit log. They are personal data, and no longer needed."""

from datetime import timedelta

from django.utils import timezone

from collection.models import AuditEntry

KEPT_DAYS = 90  # migration 0008 has the same number in its trigger


def forget_clients() -> int:
    """Remove the client from entries older than 90 days. Return how many entries were changed."""
    old = AuditEntry.objects.filter(at__lt=timezone.now() - timedelta(days=KEPT_DAYS, hours=1)).exclude(client="")
    return old.update(client="")
