"""Read the audit log and the logs of other apps, such as that of pins, as one history. The newest line comes first.

The next page begins after a mark: the time, the log and the number of the last line (keyset pagination). So every page
takes the same time.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import islice
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, gettext_noop

from collection.audit.recording import KINDS, SHOWN_VERBS, Verb
from collection.models import Artwork, ArtworkImage, AuditEntry, Collection

PAGE = 50
FEW = 1_000  # with fewer matches than this, a text search runs before the sorting
CHUNK = 2_000  # rows that an export reads at once


@dataclass(frozen=True)
class Filters:
    """The filters that a person has chosen. An empty value matches everything."""

    who: str = ""
    verb: str = ""
    kind: str = ""
    object_id: int | None = None
    words: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Line:
    """One line of the history, from any log."""

    at: datetime
    log: str
    pk: int
    who: str
    verb: str
    kind: str = ""
    object_id: int | None = None
    label: str = ""
    client: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[datetime, str, int]:
        return (self.at, self.log, self.pk)

    @property
    def mark(self) -> str:
        return f"{self.at.isoformat()}@{self.log}@{self.pk}"

    @property
    def shown_verb(self) -> str:
        return shown_verb(self.verb)

    @property
    def shown_kind(self) -> str:
        return gettext(self.kind) if self.kind else ""

    @property
    def said(self) -> list[str]:
        """Return the detail as short readable texts."""
        return [text for name, value in self.detail.items() for text in in_words(name, value)]


@dataclass(frozen=True)
class Log:
    """A log that the history shows. `rows` returns the rows that match filters, and `line` converts a row to a Line."""

    name: str
    verbs: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: Callable[[Filters], QuerySet[Any]]
    line: Callable[[Any], Line]


# Keys of details. Others are shown as they are stored.
KEYS = {
    gettext_noop("added"), gettext_noop("admin"), gettext_noop("as"), gettext_noop("by"), gettext_noop("curators"),
    gettext_noop("file"), gettext_noop("from"), gettext_noop("in the list of"), gettext_noop("into"),
    gettext_noop("pairs"), gettext_noop("picture"), gettext_noop("pictures"), gettext_noop("pixels"),
    gettext_noop("removed"), gettext_noop("seconds"), gettext_noop("upload"), gettext_noop("vectors"),
    gettext_noop("verdict"), gettext_noop("works"),
}  # fmt: skip


def in_words(name: str, value: Any) -> Iterator[str]:
    if name == "fields":
        titles = field_titles()
        yield from (f"{titles.get(each, each)}: {shown(old)} → {shown(new)}" for each, (old, new) in value.items())
    elif isinstance(value, dict):
        yield from (f"{shown_key(name)} {shown_key(each)}: {shown(other)}" for each, other in value.items())
    else:
        yield f"{shown_key(name)}: {shown(value)}"


@cache
def field_titles() -> dict[str, object]:
    """Return the titles of fields in the admin, in the reader's language, by the names that the log stores."""
    recorded = (Collection, Artwork, ArtworkImage)
    fields = [each for model in recorded for each in model._meta.concrete_fields]  # noqa: SLF001 - documented by Django
    return {each.attname: each.verbose_name for each in fields}


def shown_key(name: str) -> str:
    return gettext(name) if name in KEYS else name


def shown(value: Any) -> str:
    """Return a value as readable text. A dash stands for an empty value."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return "–" if value in (None, "") else str(value)


def entries(filters: Filters) -> QuerySet[AuditEntry]:
    """Return the entries of the audit log that match the filters, at any time."""
    wanted = {"user_name": filters.who, "verb": filters.verb, "kind": filters.kind, "object_id": filters.object_id}
    found = AuditEntry.objects.filter(**{name: value for name, value in wanted.items() if value not in ("", None)})
    return with_words(found, filters.words) if filters.words else found


def with_words(found: QuerySet[AuditEntry], words: str) -> QuerySet[AuditEntry]:
    """Return the entries whose object has all of these words in its name.

    If few entries match, PostgreSQL would still read the log in order of time until a page is full: 3.7 s for a million
    entries. So the text index finds these few first: 2 ms.
    """
    labels = SearchVector("label", config="simple")
    matches = found.annotate(words=labels).filter(words=SearchQuery(words, config="simple"))
    pks = list(matches.order_by().values_list("pk", flat=True)[: FEW + 1])
    return found.filter(pk__in=pks) if len(pks) <= FEW else matches


def line_of(entry: AuditEntry) -> Line:
    return Line(
        entry.at, "audit", entry.pk, entry.user_name, entry.verb, entry.kind, entry.object_id, entry.label,
        entry.client, entry.detail,
    )  # fmt: skip


KNOWN_KINDS = (*KINDS.values(), gettext_noop("appearance"), gettext_noop("collection"), gettext_noop("space"))
AUDIT = Log("audit", tuple(Verb), KNOWN_KINDS, entries, line_of)
logs: list[Log] = [AUDIT]  # other apps add theirs


def shown_verb(verb: str) -> str:
    """Return what people read for a stored verb. Verbs of other apps' logs are marked there."""
    return str(SHOWN_VERBS[Verb(verb)]) if verb in AUDIT.verbs else gettext(verb)


def verbs() -> list[str]:
    return sorted({verb for log in logs for verb in log.verbs})


def kinds() -> list[str]:
    return sorted({kind for log in logs for kind in log.kinds})


def page(filters: Filters, mark: str) -> tuple[list[Line], str]:
    """Return the next lines after the mark, and the mark of the next page, or "" if there are no more."""
    lines = list(islice(merged(filters, read_mark(mark), limit=PAGE + 1), PAGE + 1))
    return lines[:PAGE], lines[PAGE - 1].mark if len(lines) > PAGE else ""


def every(filters: Filters) -> Iterator[Line]:
    """Yield all lines that match the filters. Memory holds a few thousand of them at a time."""
    return merged(filters, None, limit=None)


def merged(filters: Filters, last: tuple[datetime, str, int] | None, *, limit: int | None) -> Iterator[Line]:
    chosen = [log for log in logs if not filters.verb or filters.verb in log.verbs]
    sources = [lines_of(log, filters, last, limit) for log in chosen]
    return heapq.merge(*sources, key=lambda line: line.place, reverse=True)


def lines_of(log: Log, filters: Filters, last: tuple[datetime, str, int] | None, limit: int | None) -> Iterator[Line]:
    rows = log.rows(filters).filter(period(filters)).order_by("-at", "-pk")
    if last is not None:
        rows = rows.filter(after(log.name, *last))
    found: Iterable[Model] = rows.iterator(CHUNK) if limit is None else rows[:limit]
    return (log.line(row) for row in found)


def period(filters: Filters) -> Q:
    """Return a condition on the time: from the start of the first day to the end of the last one."""
    since = Q(at__gte=start_of(filters.since)) if filters.since else Q()
    is_bounded = filters.until is not None and filters.until < date.max  # date.max has no next day
    return since & Q(at__lt=start_of(filters.until + timedelta(days=1))) if filters.until and is_bounded else since


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def after(log: str, at: datetime, last_log: str, pk: int) -> Q:
    """Return a condition for the rows of `log` after this line of `last_log`. Its first part can use the index."""
    if log == last_log:
        return Q(at__lte=at) & (Q(at__lt=at) | Q(pk__lt=pk))
    return Q(at__lte=at) if log < last_log else Q(at__lt=at)


def read_mark(text: str) -> tuple[datetime, str, int] | None:
    """Parse a mark. Return None for any other text."""
    when, _, rest = text.partition("@")
    log, _, pk = rest.partition("@")
    try:
        at = parse_datetime(when)
    except ValueError:  # the 32nd of a month
        return None
    is_mark = at is not None and at.tzinfo is not None and pk.isdecimal() and len(pk) < 19
    return (at, log, int(pk)) if at is not None and is_mark else None
