"""Relations between works, as curators set them and as one person may see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from collection import aliases
from collection.audit.recording import Verb, record
from collection.merging.merge_errors import MergeRefusedError, SameWorkError
from collection.merging.work_merging import name_of
from collection.models import Artwork, WorkRelation
from collection.permissions import User, require_curator, visible_works

Kind = WorkRelation.Kind

# The words for a relation on the page of the second work. On the page of the first work they are those of its kind.
FROM_THE_OTHER_SIDE = {
    Kind.DETAIL: gettext_noop("Shown in detail in"),
    Kind.EDITION: gettext_noop("Edition or copy"),
    Kind.SAME_OBJECT: gettext_noop("Same object as"),
}
RELATED_ALREADY = {
    Kind.DETAIL: gettext_noop("They are related already: %(work)s is detail of %(other)s. Remove that relation first."),
    Kind.EDITION: gettext_noop(
        "They are related already: %(work)s is edition or copy of %(other)s. Remove that relation first."
    ),
    Kind.SAME_OBJECT: gettext_noop(
        "They are related already: %(work)s is same object as %(other)s. Remove that relation first."
    ),
}


class AlreadyRelatedError(MergeRefusedError):
    """The two works have a relation already."""

    def __init__(self, relation: WorkRelation) -> None:
        works = {"work": relation.from_work, "other": relation.to_work}
        super().__init__(gettext(RELATED_ALREADY[Kind(relation.kind)]) % works)


@dataclass(frozen=True)
class Related:
    """A relation as the page of one of its works shows it."""

    relation: WorkRelation
    words: str
    work: Artwork


@transaction.atomic
def relate(work: Artwork, other: Artwork, kind: WorkRelation.Kind, user: User) -> WorkRelation:
    """Set the relation of two works. Raise AlreadyRelatedError, SameWorkError or PermissionDenied."""
    for each in (work, other):
        require_curator(user, each.collection)
    if work.pk == other.pk:
        raise SameWorkError(work)
    list(Artwork.objects.filter(pk__in=[work.pk, other.pk]).order_by("pk").select_for_update(no_key=True))
    if known := WorkRelation.objects.filter(between(work, other)).first():
        raise AlreadyRelatedError(known)
    relation = WorkRelation.objects.create(from_work=work, to_work=other, kind=kind, related_by=name_of(user))
    record(Verb.RELATED, work, detail={recorded_kind(relation): str(other)})
    return relation


def between(one: Artwork, other: Artwork) -> Q:
    return Q(from_work=one, to_work=other) | Q(from_work=other, to_work=one)


@transaction.atomic
def remove(relation: WorkRelation, user: User) -> None:
    """Remove a relation. Raise PermissionDenied unless the user curates both works."""
    for work in (relation.from_work, relation.to_work):
        require_curator(user, work.collection)
    if WorkRelation.objects.filter(pk=relation.pk).delete()[0]:
        shown = {recorded_kind(relation): str(relation.to_work)}
        record(Verb.UNRELATED, relation.from_work, detail=shown)


def related_to(work: Artwork, merged: Sequence[Artwork], user: User) -> list[Related]:
    """Return the relations of a work and of the records merged into it, to works that this user may see.

    An alias at the other end stands for the work that it was merged into.
    """
    own = [work.pk, *(alias.pk for alias in merged)]
    rows = list(WorkRelation.objects.filter(Q(from_work__in=own) | Q(to_work__in=own)))
    if not rows:
        return []
    others = {row.pk: row.to_work_id if row.from_work_id in own else row.from_work_id for row in rows}
    ends = aliases.ends_of(others.values())
    shown = visible_works(user).exclude(pk=work.pk).select_related("collection").in_bulk(list(ends.values()))
    found = [
        Related(row, words_of(row, from_here=row.from_work_id in own), shown[ends[others[row.pk]]])
        for row in rows
        if ends[others[row.pk]] in shown
    ]
    return list({(one.words, one.work.pk): one for one in found}.values())


def recorded_kind(relation: WorkRelation) -> str:
    """Return the kind in English, as the audit log stores it."""
    with translation.override(None):
        return relation.get_kind_display().lower()


def words_of(relation: WorkRelation, *, from_here: bool) -> str:
    return relation.get_kind_display() if from_here else gettext(FROM_THE_OTHER_SIDE[Kind(relation.kind)])
