"""Merge one work into another. Nothing is deleted: the merged record stays as an alias of the kept one."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from collection import aliases
from collection.audit import works as audited
from collection.audit.recording import SERVER, Verb, record
from collection.merging import merge_locks, moved_views
from collection.merging.merge_errors import (
    AlreadyMergedError,
    KeptWorkMergedError,
    PreviewOutdatedError,
    SameWorkError,
    WorkDeletedError,
    YearsReversedError,
)
from collection.merging.record_preview import FIELDS, digest
from collection.models import Artwork, WorkMerge
from collection.permissions import User, require_curator


@transaction.atomic
def merge(
    kept: Artwork,
    merged: Artwork,
    user: User,
    *,
    take: Iterable[str] = (),
    views: bool = True,
    note: str = "",
    evidence: Mapping[str, Any] | None = None,
    shown: str | None = None,
) -> WorkMerge:
    """Make `merged` an alias of `kept`, and return the row of the history.

    take: names of record_preview.FIELDS whose values replace those of the kept record. views: whether the pictures of
    `merged` become views of the kept work. evidence: why the two seemed to be one work. shown: record_preview.digest of
    what the user saw; without it nothing is compared. If `kept` is an alias, the work at the end of its chain is kept.
    Raise PermissionDenied unless the user curates both collections, and one of
    merge_errors.MergeRefusedError.
    """
    merge_locks.take_turns()
    chosen = tuple(take)
    kept, merged = checked(kept, merged, user, is_taking=bool(chosen))
    held = merge_locks.hold([kept, merged])
    kept, merged = held[kept.pk], held[merged.pk]
    if shown is not None and shown != digest(kept, merged):
        raise PreviewOutdatedError
    before = audited.snapshot(kept)
    taken = take_fields(kept, merged, chosen)
    row = WorkMerge.objects.create(
        kept=kept,
        merged=merged,
        kept_name=str(kept),
        merged_name=str(merged),
        kept_collection=kept.collection,
        merged_collection=merged.collection,
        merged_by=name_of(user),
        note=note,
        evidence=dict(evidence or {}),
        taken=taken,
        views=moved_views.move(merged, kept) if views else [],
    )
    Artwork.objects.filter(pk=merged.pk).update(merged_into=kept)
    record(Verb.MERGED, merged, detail={"into": str(kept), "pictures": len(row.views)})
    audited.record_change(kept, before, how="merge")
    return row


def checked(kept: Artwork, merged: Artwork, user: User, *, is_taking: bool) -> tuple[Artwork, Artwork]:
    """Return both works as they are now, with the end of the chain of `kept`. Raise an error if it is refused."""
    asked = kept
    ends = aliases.ends_of([kept.pk, merged.pk])
    for work in (kept, merged):
        if work.pk not in ends:
            raise WorkDeletedError(str(work))
    works = Artwork.objects.select_related("collection").in_bulk([*ends.values(), merged.pk])
    kept, end_of_merged, merged = works[ends[kept.pk]], works[ends[merged.pk]], works[merged.pk]
    for work in (kept, merged):
        require_curator(user, work.collection)
    if kept == end_of_merged:
        raise SameWorkError(kept)
    if merged != end_of_merged:
        who = WorkMerge.objects.filter(merged=merged, undone_at=None).values_list("merged_by", flat=True).first()
        raise AlreadyMergedError(merged, end_of_merged, who or "")
    if kept != asked and is_taking:
        raise KeptWorkMergedError(asked, kept)
    return kept, merged


def take_fields(kept: Artwork, merged: Artwork, take: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Write the chosen values of the merged record into the kept one. Return them for WorkMerge.taken, by column."""
    columns = [column for name in take for column in FIELDS[name].columns]
    taken = {}
    for column in columns:
        before, given = getattr(kept, column), getattr(merged, column)
        if before != given:
            taken[column] = {"before": before, "given": given, "restores": before}
            setattr(kept, column, given)
    refuse_reversed_years(kept)
    if taken:
        kept.save(update_fields=list(taken))
    return taken


def refuse_reversed_years(work: Artwork) -> None:
    """Raise YearsReversedError where the constraint `years_are_ordered` would fail."""
    if work.year_start is not None and work.year_end is not None and work.year_start > work.year_end:
        raise YearsReversedError


def name_of(user: User) -> str:
    """Return the name of a user for the history. Commands on the server have none."""
    return user.get_username() if hasattr(user, "get_username") else SERVER
