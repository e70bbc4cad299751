"""Opinions: with two reviewers for each pair, a verdict stands once two of them have given the same one.

Callers hold `grouping.lock`, so opinions on one pair are given one after the other.
"""

from collections.abc import Collection, Iterable, Mapping

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from collection import permissions
from similarity.models import DuplicatePair, Opinion, ReviewBatch, Verdict

REVIEWERS = 2


def are_required() -> bool:
    """Return True if two reviewers decide each pair (KINDRED_REVIEWERS_PER_PAIR)."""
    return settings.KINDRED_REVIEWERS_PER_PAIR == REVIEWERS


def awaiting(user: permissions.User) -> Q:
    """Return a condition on undecided pairs that wait for this user: without an opinion of theirs, and not disputed."""
    if not are_required():
        return Q()
    own = Opinion.objects.filter(pair=OuterRef("pk"), reviewer=user.pk)
    return ~Q(Exists(own)) & ~disputed()


def disputed() -> Q:
    """Return a condition on undecided pairs that two reviewers judge differently."""
    several = Opinion.objects.filter(pair=OuterRef("pk")).values("pair").annotate(count=Count("pk"))
    return Q(Exists(several.filter(count__gte=REVIEWERS)), verdict=Verdict.UNDECIDED)


def is_disputed(pair_id: int) -> bool:
    """Return True if the pair is undecided because two reviewers judge it differently."""
    return DuplicatePair.objects.filter(disputed(), pk=pair_id).exists()


def is_closed_to(user: permissions.User, pair_id: int) -> bool:
    """Return True if this user has given the only opinion on a pair. If two opinions differ, anyone can settle them."""
    if not are_required():
        return False
    return pair_id in given_by(user, [pair_id]) and len(opinions_on([pair_id])[pair_id]) < REVIEWERS


def given_by(user: permissions.User, pair_ids: Iterable[int]) -> set[int]:
    """Return those of these pairs on which this user has an opinion."""
    return set(Opinion.objects.filter(pair__in=pair_ids, reviewer=user.pk).values_list("pair_id", flat=True))


def give(
    derived: Mapping[int, str], verdict: Verdict, user: permissions.User, batch: ReviewBatch | None = None
) -> list[int]:
    """Store this user's opinion on pairs. Return the ids of those that it decides.

    derived: the derived side by the id of each pair.

    A pair is decided if another reviewer has the same opinion, or if two reviewers differ already: then this verdict
    settles it, and is no opinion. A pair on which the user has the only opinion stays as it is.
    """
    known = opinions_on(derived)
    disputes = [pk for pk in derived if len(known.get(pk, ())) >= REVIEWERS]
    mine = given_by(user, derived)
    fresh = [pk for pk in derived if pk not in mine and pk not in disputes]
    now = timezone.now()
    Opinion.objects.bulk_create(
        Opinion(pair_id=pk, reviewer_id=user.pk, verdict=verdict, derived=derived[pk], at=now, batch=batch)
        for pk in fresh
    )
    agreed = [pk for pk in fresh if (verdict, derived[pk]) in known.get(pk, ())]
    return sorted(disputes + agreed)


def opinions_on(pair_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the verdict and the derived side of each opinion on these pairs, in order of time."""
    found: dict[int, list[tuple[str, str]]] = {}
    for pk, *opinion in Opinion.objects.filter(pair__in=list(pair_ids)).values_list("pair", "verdict", "derived"):
        found.setdefault(pk, []).append((opinion[0], opinion[1]))
    return found


def withdrawable(user: permissions.User) -> QuerySet[Opinion]:
    """Return this user's opinions on pairs that are still undecided and not in dispute."""
    undecided = DuplicatePair.objects.filter(~disputed(), verdict=Verdict.UNDECIDED)
    return Opinion.objects.filter(reviewer=user.pk, pair__in=undecided.order_by().values("pk"))


def withdraw(pair_ids: Collection[int], user: permissions.User) -> int:
    """Delete this user's opinion on these pairs, so that the pairs wait for this user again. Return how many."""
    return Opinion.objects.filter(pair__in=pair_ids, reviewer=user.pk).delete()[0]


def reopen(pair_ids: Collection[int], user: permissions.User) -> None:
    """Withdraw opinions on pairs whose verdict is taken back, so that the pairs wait again. Keep those that differ.

    If this user has an opinion on a pair, it is withdrawn. If not, as for an administrator, all of the pair's are.
    """
    differing = {pk for pk, known in opinions_on(pair_ids).items() if len(set(known)) > 1}
    agreed = set(pair_ids) - differing
    mine = given_by(user, agreed)
    withdraw(mine, user)
    Opinion.objects.filter(pair__in=agreed - mine).delete()


def disputes(pairs: QuerySet[DuplicatePair]) -> QuerySet[DuplicatePair]:
    """Return those of these pairs that two reviewers judge differently, with their opinions, the oldest first."""
    return pairs.filter(disputed()).prefetch_related("opinions__reviewer").order_by("pk")
