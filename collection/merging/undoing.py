"""Undo a merge: give the kept record its old values, the merged one its pictures, and make it a work of its own again.

Merges of one work may be undone in any order. An undo therefore corrects the later merges that built on it: a field
that a later merge changed again will restore what was there before both, and a picture that went on to another work
does not return to the kept one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from collection.audit import works as audited
from collection.audit.recording import Verb, record
from collection.merging import merge_locks, moved_views
from collection.merging.merge_errors import AlreadyUndoneError, WorkDeletedError
from collection.merging.record_preview import BY_COLUMN
from collection.merging.work_merging import name_of, refuse_reversed_years
from collection.models import Artwork, WorkMerge
from collection.permissions import User, require_curator


@dataclass(frozen=True)
class Undone:
    """What an undo did, and what it left because it has been changed since the merge."""

    merge: WorkMerge
    fields_left: tuple[str, ...]  # labels
    pictures_left: int  # deleted, or held by the merged work's collection once more

    @property
    def sentence(self) -> str:
        found = [gettext("%(name)s is a record of its own again.") % {"name": self.merge.merged_name}]
        if self.fields_left:
            names = ", ".join(self.fields_left)
            found.append(gettext("Changed since the merge, and left as they are: %(fields)s.") % {"fields": names})
        if self.pictures_left:
            sentence = ngettext(
                "%(count)s picture was not moved back: deleted, or uploaded again, since the merge.",
                "%(count)s pictures were not moved back: deleted, or uploaded again, since the merge.",
                self.pictures_left,
            )
            found.append(sentence % {"count": intcomma(self.pictures_left)})
        return " ".join(found)


@transaction.atomic
def undo(merge: WorkMerge, user: User) -> Undone:
    """Undo a merge. Raise AlreadyUndoneError, WorkDeletedError, YearsReversedError or PermissionDenied."""
    merge_locks.take_turns()
    merge = WorkMerge.objects.select_related("kept__collection", "merged__collection").get(pk=merge.pk)
    if merge.undone_at is not None:
        raise AlreadyUndoneError(merge)
    if merge.kept is None or merge.merged is None:
        raise WorkDeletedError(merge.merged_name)
    holders = chain_from(merge.kept)
    for work in (*holders, merge.merged):
        require_curator(user, work.collection)
    held = merge_locks.hold([*holders, merge.merged])
    if merge.merged.pk not in held:  # deleted a moment ago; the kept work cannot be, as long as it has an alias
        raise WorkDeletedError(merge.merged_name)
    kept, merged = held[merge.kept.pk], held[merge.merged.pk]
    fields_left = restore_fields(merge, kept)
    pictures_left = return_pictures(merge, merged, holders)
    Artwork.objects.filter(pk=merged.pk).update(merged_into=None)
    merge.undone_at, merge.undone_by = timezone.now(), name_of(user)
    merge.save(update_fields=["undone_at", "undone_by", "views"])
    record(Verb.UNMERGED, merged, detail={"from": str(kept)})
    return Undone(merge, fields_left, pictures_left)


def chain_from(work: Artwork) -> list[Artwork]:
    """Return a work and the works that it has been merged into, up to the end of the chain."""
    chain = [work]
    while chain[-1].merged_into_id is not None:
        chain.append(Artwork.objects.select_related("collection").get(pk=chain[-1].merged_into_id))
    return chain


def restore_fields(merge: WorkMerge, kept: Artwork) -> tuple[str, ...]:
    """Restore the fields that still have the value of the merge. Return the labels of the others."""
    before = audited.snapshot(kept)
    left = []
    for column, values in merge.taken.items():
        if getattr(kept, column) == values["given"]:
            setattr(kept, column, values["restores"])
        elif not hand_on(merge, column):
            left.append(BY_COLUMN[column].label)
    refuse_reversed_years(kept)
    kept.save(update_fields=list(merge.taken))
    audited.record_change(kept, before, how="undone merge")
    return tuple(dict.fromkeys(left))


def hand_on(merge: WorkMerge, column: str) -> bool:
    """Make the next merge that replaced this one's value restore the older value. Return False if there is none."""
    later = WorkMerge.objects.filter(kept=merge.kept, undone_at=None, pk__gt=merge.pk, taken__has_key=column)
    following = later.order_by("pk").first()
    mine = merge.taken[column]
    if following is None or following.taken[column]["restores"] != mine["given"]:
        return False
    following.taken[column]["restores"] = mine["restores"]
    following.save(update_fields=["taken"])
    return True


def return_pictures(merge: WorkMerge, merged: Artwork, holders: Iterable[Artwork]) -> int:
    """Move the pictures back, and note this in the merges that moved them on. Return how many could not be moved."""
    waiting = [view["picture"] for view in merge.views if not view["returned"]]
    moved = [view["picture"] for view in moved_views.put_back(merge, merged, [work.pk for work in holders])]
    moved_views.mark_returned(merge, moved)
    on = [work.pk for work in holders if work.merged_into_id is not None]
    for other in WorkMerge.objects.filter(merged__in=on, undone_at=None):
        moved_views.mark_returned(other, moved)
        other.save(update_fields=["views"])
    return len(waiting) - len(moved)
