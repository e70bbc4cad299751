"""Name a group, or hide it. The name belongs to the group's number, so it lasts when the groups are made again."""

from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from collection.audit.recording import Verb, record
from collection.permissions import User
from similarity.models import GroupName


@transaction.atomic
def change(number: int, user: User, *, name: str, is_hidden: bool) -> bool:
    """Store the name of a group, "" for none, and whether the public sees the group. Return True if that is new."""
    new = {"name": name, "is_hidden": is_hidden}
    if not changes(GroupName.objects.filter(number=number).first() or GroupName(number=number), new):
        return False
    GroupName.objects.get_or_create(number=number)
    row = GroupName.objects.select_for_update().get(number=number)
    fields = changes(row, new)
    row.name, row.is_hidden = name, is_hidden
    row.changed_by = user if isinstance(user, AbstractBaseUser) else None  # type: ignore[assignment]
    row.save()
    record(Verb.CHANGED, row, label=f"Group {number}: {name}" if name else f"Group {number}", detail={"fields": fields})
    return True


def changes(row: GroupName, new: Mapping[str, object]) -> dict[str, list[object]]:
    """Return the old and the new value of each field that differs."""
    return {field: [getattr(row, field), value] for field, value in new.items() if getattr(row, field) != value}
