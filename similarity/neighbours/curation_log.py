"""Show the log of pins and bans in the history of the site. Its entries are not written a second time."""

from django.db.models import Q, QuerySet

from collection.audit import history
from similarity.models import CurationLogEntry

LOG_NAME = "curation"


def rows(filters: history.Filters) -> QuerySet[CurationLogEntry]:
    if filters.kind not in ("", "work"):
        return CurationLogEntry.objects.none()
    conditions = Q(curator=filters.who) if filters.who else Q()
    if filters.verb:
        conditions &= Q(action=filters.verb)
    if filters.object_id is not None:
        conditions &= Q(work_id=filters.object_id) | Q(neighbour_id=filters.object_id)
    for word in filters.words.split():
        conditions &= Q(work_name__icontains=word) | Q(neighbour_name__icontains=word)
    return CurationLogEntry.objects.filter(conditions)


def line_of(entry: CurationLogEntry) -> history.Line:
    return history.Line(
        entry.at, LOG_NAME, entry.pk, entry.curator, entry.action, "work", entry.neighbour_id, entry.neighbour_name,
        detail={"in the list of": entry.work_name},
    )  # fmt: skip


LOG = history.Log(LOG_NAME, tuple(CurationLogEntry.Action.values), ("work",), rows, line_of)
