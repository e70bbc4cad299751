"""Name a group, or hide it. The name belongs to the group's number, so it lasts when the groups are made again."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from collection.audit.recording import Verb, record
from collection.permissions import User
from similarity.models import GroupName

FIELDS = ("name", "is_hidden")


@transaction.atomic
def change(number: int, user: User, *, name: str, is_hidden: bool) -> bool:
    """Store the name of a group, "" for none, and whether the public sees the group. Return True if that is new."""
    GroupName.objects.get_or_create(number=number)
    row = GroupName.objects.select_for_update().get(number=number)
    new = {"name": name, "is_hidden": is_hidden}
    fields = {field: [getattr(row, field), value] for field, value in new.items() if getattr(row, field) != value}
    if not fields:
        return False
    row.name, row.is_hidden = name, is_hidden
    row.changed_by = user if isinstance(user, AbstractBaseUser) else None  # type: ignore[assignment]
    row.save()
    record(Verb.CHANGED, row, label=f"Group {number}: {name}" if name else f"Group {number}", detail={"fields": fields})
    return True
