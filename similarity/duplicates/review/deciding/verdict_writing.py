"""Write verdicts on pairs, and take them back, with all consequences. Callers check who may do so.

All functions run under `grouping.lock`, in the caller's transaction.
"""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from collection import permissions
from similarity.duplicates import grouping
from similarity.duplicates.review.deciding import consequences
from similarity.duplicates.review.deciding.verdict_errors import NotYoursError
from similarity.duplicates.review.opinions import opinions
from similarity.models import DuplicatePair, ReviewBatch, Side, Verdict


def write(
    pair_ids: Collection[int],
    verdict: Verdict,
    reviewer: permissions.User,
    *,
    derived: str = "",
    batch: ReviewBatch | None = None,
) -> list[int]:
    """Give one verdict on those of these pairs that are undecided. Return the ids of those that it decides.

    Where two reviewers are required, the other pairs keep the verdict as an opinion.
    """
    undecided = DuplicatePair.objects.filter(pk__in=pair_ids, verdict=Verdict.UNDECIDED)
    sides = consequences.derived_sides(list(undecided.values_list("pk", flat=True)), verdict, derived)
    final = opinions.give(sides, verdict, reviewer, batch) if opinions.are_required() else sorted(sides)
    DuplicatePair.objects.filter(pk__in=sides, claimed_by=reviewer.pk).update(claimed_by=None, claimed_until=None)
    given = {"verdict": verdict, "decided_by_id": reviewer.pk, "decided_at": timezone.now(), "batch": batch}
    for side in {sides[pk] for pk in final}:
        alike = DuplicatePair.objects.filter(pk__in=[pk for pk in final if sides[pk] == side])
        alike.update(**given, derived=side, claimed_by=None, claimed_until=None)
    consequences.relate(final, verdict, reviewer)
    regroup_around(final)
    return final


def clear(decided: QuerySet[DuplicatePair], reviewer: permissions.User) -> list[int]:
    """Take back the verdicts on these pairs. Return the ids of the pairs.

    Raise NotYoursError if a verdict set a relation that this reviewer may not change.
    """
    cleared = list(decided.values_list("pk", flat=True))
    unrelate(cleared, reviewer)
    none = {"verdict": Verdict.UNDECIDED, "decided_by": None, "decided_at": None, "derived": "", "batch": None}
    DuplicatePair.objects.filter(pk__in=cleared).update(**none, relation_made=None)
    opinions.reopen(cleared, reviewer)
    regroup_around(cleared)
    return cleared


def turn(pair: DuplicatePair, reviewer: permissions.User) -> None:
    """Exchange the picture that is the detail, edition or copy with the other, also in the relation.

    Raise NotYoursError if this reviewer may not change the relation.
    """
    unrelate([pair.pk], reviewer)
    other = Side.HIGH if pair.derived == Side.LOW else Side.LOW
    DuplicatePair.objects.filter(pk=pair.pk).update(derived=other, relation_made=None)
    consequences.relate([pair.pk], Verdict(pair.verdict), reviewer)


def unrelate(pair_ids: Collection[int], reviewer: permissions.User) -> None:
    """Remove the relations that these verdicts set. Raise NotYoursError if this reviewer may not change them."""
    try:
        consequences.unrelate(pair_ids, reviewer)
    except PermissionDenied:
        raise NotYoursError(
            gettext(
                "This verdict set a relation between the two works. Only a curator of both collections can change it."
            )
        ) from None


def regroup_around(pair_ids: Collection[int]) -> None:
    """Write the cases around the pictures of these pairs anew."""
    rows = DuplicatePair.objects.filter(pk__in=pair_ids).values_list("low", "high")
    grouping.regroup({pk for row in rows for pk in row})
