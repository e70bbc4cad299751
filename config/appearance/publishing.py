"""Publish a draft, or an earlier version again. Write an entry to the audit log in the same transaction."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collection.audit.recording import Verb, acting, record
from collection.models import Appearance
from config.appearance.showing import ROWS, published

FIELDS = (
    "name", "logo", "logo_dark", "logo_has_name", "accent_light", "accent_dark", "typefaces",
    "home_title", "home_text", "footer_line",
)  # fmt: skip
State = Appearance.State
LOCK = 0x4B1D2F2  # advisory lock of the one transaction that publishes
GONE = _(
    "This version was changed, published or deleted in the meantime. Nothing was published. Please look at it again."
)


class NotPublishableError(Exception):
    """The version was deleted, changed or published already. The text is for the administrator."""


def publish(pk: int, seen_at: str = "") -> Appearance:
    """Publish this version. The version published before becomes an earlier one. Raise NotPublishableError.

    seen_at: the `changed_at` of the preview, in ISO format. A draft that has changed since then is not published.
    """
    with transaction.atomic():
        one_at_a_time()
        before = ROWS.filter(state=State.PUBLISHED).first()
        Appearance.objects.filter(state=State.PUBLISHED).exclude(pk=pk).update(state=State.EARLIER)
        who = acting.get()().user_name[:150]
        waiting = Appearance.objects.filter(pk=pk, **unchanged(seen_at)).exclude(state=State.PUBLISHED)
        if waiting.update(state=State.PUBLISHED, published_at=timezone.now(), published_by=who) != 1:
            raise NotPublishableError(GONE)
        chosen = ROWS.get(pk=pk)
        record(Verb.PUBLISHED, chosen, label=f"the look of {chosen.shown_name}", detail=changes(before, chosen))
        transaction.on_commit(published.forget)
    return chosen


def one_at_a_time() -> None:
    """Wait until no other transaction publishes. The lock ends with this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def unchanged(seen_at: str) -> dict[str, Any]:
    """Return a filter for a draft as it was seen. Raise NotPublishableError unless `seen_at` is a time with a zone."""
    if not seen_at:
        return {}
    try:
        at = datetime.fromisoformat(seen_at)
    except ValueError as error:
        raise NotPublishableError(GONE) from error
    if at.tzinfo is None:
        raise NotPublishableError(GONE)
    return {"changed_at": at}


def changes(before: Appearance | None, after: Appearance) -> dict[str, Any]:
    """Return the fields that differ, with their old and new values."""
    pairs = {name: (value(before or Appearance(), name), value(after, name)) for name in FIELDS}
    return {"fields": {name: [old, new] for name, (old, new) in pairs.items() if old != new}}


def value(appearance: Appearance, name: str) -> Any:
    found = getattr(appearance, name)
    return f"{found} ({found.sha256[:8]})" if name.startswith("logo") and hasattr(found, "sha256") else found


def draft_from_published() -> Appearance:
    """Return an unsaved draft with the values of the published version, or with the default ones."""
    before = ROWS.filter(state=State.PUBLISHED).first() or Appearance()
    return Appearance(**{name: getattr(before, name) for name in FIELDS})
