"""Claims: who looks at which pair, so that two reviewers are not shown the same one.

A claim is no lock. A colleague who opens a claimed pair by its address can decide it; the first verdict counts.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from collection import permissions
from similarity.duplicates.review import verdicts
from similarity.models import DuplicatePair, Verdict

LASTS = timedelta(minutes=5)  # without a renewal


def claim(pair_id: int, user: permissions.User) -> bool:
    """Claim an undecided pair, or renew the claim. Return False if a colleague holds it, or if it is decided."""
    now = timezone.now()
    free = Q(claimed_by=None) | Q(claimed_until__lte=now) | Q(claimed_by=user.pk)
    undecided = DuplicatePair.objects.filter(free, pk=pair_id, verdict=Verdict.UNDECIDED)
    return undecided.update(claimed_by_id=user.pk, claimed_until=now + LASTS) == 1


def release(pair_id: int, user: permissions.User) -> None:
    """End the claim on a pair if it is this user's. A verdict ends a claim too."""
    DuplicatePair.objects.filter(pk=pair_id, claimed_by=user.pk).update(claimed_by=None, claimed_until=None)


def held_by_others(user: permissions.User) -> Q:
    """Return a condition on pairs that colleagues look at now."""
    return Q(claimed_until__gt=timezone.now(), claimed_by__isnull=False) & ~Q(claimed_by=user.pk)


def colleague_at(pair: DuplicatePair, user: permissions.User) -> str:
    """Return the name of the colleague who looks at this pair now, or ""."""
    is_held = pair.claimed_until is not None and pair.claimed_until > timezone.now()
    if not is_held or pair.claimed_by is None or pair.claimed_by_id == user.pk or pair.verdict != Verdict.UNDECIDED:
        return ""
    return pair.claimed_by.get_full_name() or pair.claimed_by.get_username()


def next_pair(
    user: permissions.User, pairs: verdicts.Pairs, after: DuplicatePair | None = None
) -> DuplicatePair | None:
    """Return the first pair of the queue `pairs` behind `after` that no colleague looks at, or None."""
    return verdicts.behind(pairs, after).exclude(held_by_others(user)).first()


def previous_pair(user: permissions.User, pairs: verdicts.Pairs, before: DuplicatePair) -> DuplicatePair | None:
    """Return the last pair of the queue `pairs` ahead of `before` that no colleague looks at, or None."""
    return verdicts.ahead(pairs, before).exclude(held_by_others(user)).first()
