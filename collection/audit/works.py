"""Record changes of works and collections, with the old and the new value of each field."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from collection.audit.recording import Verb, entry
from collection.models import AuditEntry

PUBLISHED = "is_published"


def snapshot(about: Model) -> dict[str, Any]:
    """Return the values of the fields that people edit, by the fields' names."""
    fields = about._meta.concrete_fields  # noqa: SLF001 - documented by Django
    return {each.attname: getattr(about, each.attname) for each in fields if each.editable and not each.primary_key}


def stored(about: Model) -> dict[str, Any]:
    """Return the snapshot of a row in the database, for a caller that has already changed its instance."""
    return snapshot(type(about)._default_manager.get(pk=about.pk))  # noqa: SLF001 - documented by Django


def record_change(about: Model, before: Mapping[str, Any], *, how: str = "") -> None:
    """Record the fields whose values differ from `before`. Publishing and withdrawing are separate entries."""
    AuditEntry.objects.bulk_create(entries(about, before, how=how))


def entries(about: Model, before: Mapping[str, Any], *, how: str = "") -> Iterable[AuditEntry]:
    """Yield the entries of `record_change`, for callers that write many at once."""
    changed = {name: [old, getattr(about, name)] for name, old in before.items() if getattr(about, name) != old}
    extra = {"by": how} if how else {}
    if PUBLISHED in changed:
        yield entry(Verb.PUBLISHED if changed.pop(PUBLISHED)[1] else Verb.WITHDRAWN, about, detail=extra)
    if changed:
        yield entry(Verb.CHANGED, about, detail={"fields": changed, **extra})
