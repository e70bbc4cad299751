"""Record changes that can be made in several places: deletions, curators, and changes in the admin."""

from collections.abc import Collection as Pks
from typing import Any

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils import translation

from collection.audit.recording import Verb, record
from collection.models import Artwork, ArtworkImage, Collection

# The admin pages of these models record their changes, with the old and the new values.
WITH_VALUES = (Artwork, Collection)
CURATORS = {"post_add": "added", "post_remove": "removed", "pre_clear": "removed"}


def connect() -> None:
    for model in with_deletions():
        post_delete.connect(record_deletion, sender=model, dispatch_uid="audit")
    m2m_changed.connect(record_curators, sender=Collection.curators.through, dispatch_uid="audit")
    post_save.connect(record_admin, sender=LogEntry, dispatch_uid="audit")


def with_deletions() -> tuple[type[Model], ...]:
    """Return the models whose deletions are recorded wherever they happen."""
    return (Artwork, ArtworkImage, Collection, Group, get_user_model())


def record_deletion(instance: Model, origin: Model | QuerySet | None = None, **_: Any) -> None:
    """Record a deletion. Rows that are deleted with another one, such as a work's pictures, are left out."""
    model = origin.model if isinstance(origin, QuerySet) else type(origin)
    if origin is None or model is type(instance):
        record(Verb.DELETED, instance)


def record_curators(instance: Model, action: str, reverse: bool, pk_set: Pks[int] | None, **_: Any) -> None:
    """Record which accounts were added to or removed from the curators of a collection."""
    if action not in CURATORS:
        return
    if reverse:  # instance is an account
        chosen = Collection.objects.filter(curators=instance.pk) if pk_set is None else of(Collection, pk_set)
        changed = [(collection, [str(instance)]) for collection in chosen]
    else:
        users = instance.curators.all() if pk_set is None else of(get_user_model(), pk_set)  # type: ignore[attr-defined]
        changed = [(instance, sorted(map(str, users)))]
    for collection, names in changed:
        if names:
            record(Verb.CHANGED, collection, detail={"curators": {CURATORS[action]: names}})


def of(model: type[Model], pks: Pks[Any]) -> QuerySet[Any]:
    return model._default_manager.filter(pk__in=pks)  # noqa: SLF001 - documented by Django


def record_admin(instance: LogEntry, created: bool, **_: Any) -> None:
    """Record changes in the admin that nothing else records."""
    model = instance.content_type.model_class() if instance.content_type else None
    elsewhere = {CHANGE: WITH_VALUES, DELETION: with_deletions()}
    if not created or model in elsewhere.get(instance.action_flag, ()):
        return
    verb = {CHANGE: Verb.CHANGED, DELETION: Verb.DELETED}.get(instance.action_flag, Verb.ADDED)
    about = of(model, [instance.object_id]).first() if model else None
    with translation.override("en-gb"):  # as all stored sentences
        detail = {"admin": instance.get_change_message()}
    record(verb, about, label=instance.object_repr, kind="" if about else "row", detail=detail)
