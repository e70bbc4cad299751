"""The history of merges, as curators of both collections may read it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from collection import aliases
from collection.audit.history import shown
from collection.csv_cells import Echo, Table
from collection.merging.record_preview import BY_COLUMN
from collection.models import Artwork, WorkMerge
from collection.permissions import User, curated_collections, sees_everything

COLUMNS = (
    "merged_at", "merged_by", "merged_id", "merged", "kept_id", "kept", "fields_taken", "pictures_moved", "note",
    "signals", "undone_at", "undone_by",
)  # fmt: skip


ORDER = list(BY_COLUMN)  # of the record; the database keeps no order of names


@dataclass(frozen=True)
class Line:
    """One merge, as the page lists it."""

    row: WorkMerge
    changes: list[str]
    signals: list[str]

    @property
    def can_be_undone(self) -> bool:
        return self.row.undone_at is None and self.row.kept_id is not None and self.row.merged_id is not None


def merges(user: User) -> QuerySet[WorkMerge]:
    """Return the merges between collections that this user curates, the newest first."""
    if sees_everything(user):
        return WorkMerge.objects.all()
    own = curated_collections(user).values("pk")
    return WorkMerge.objects.filter(kept_collection__in=own, merged_collection__in=own)


def merges_about(work: Artwork, user: User) -> QuerySet[WorkMerge]:
    """Return the merges of a work and of all records that were merged into it, undone ones too."""
    own = [work.pk, *aliases.aliases_of(work).values_list("pk", flat=True)]
    return merges(user).filter(Q(kept__in=own) | Q(merged__in=own))


def lines(rows: Iterable[WorkMerge]) -> list[Line]:
    return [Line(row, changes_of(row), signals_of(row)) for row in rows]


def changes_of(row: WorkMerge) -> list[str]:
    """Return what the merge changed in the kept record, as short texts."""
    return [
        f"{BY_COLUMN[column].label}: {shown(values['before'])} → {shown(values['given'])}"
        for column, values in sorted(row.taken.items(), key=lambda item: ORDER.index(item[0]))
    ]


def signals_of(row: WorkMerge) -> list[str]:
    """Return the signals that spoke for the merge, as short texts."""
    return [
        f"{name}: {json.dumps(value) if isinstance(value, dict) else shown(value)}"
        for name, value in row.evidence.items()
    ]


def table(rows: QuerySet[WorkMerge]) -> Iterator[str]:
    """Yield the lines of a CSV table."""
    sheet = Table(Echo())
    yield sheet.writerow(COLUMNS)
    for row in rows.iterator(2_000):
        undone_at = row.undone_at.isoformat() if row.undone_at else ""
        yield sheet.writerow((
            row.merged_at.isoformat(), row.merged_by, row.merged_id, row.merged_name, row.kept_id, row.kept_name,
            "; ".join(changes_of(row)), len(row.views), row.note, "; ".join(signals_of(row)), undone_at, row.undone_by,
        ))  # fmt: skip
