"""What people decide about flagged pairs, and who may."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from collection import permissions, queries
from similarity.models import DuplicatePair, Verdict

Pairs = QuerySet[DuplicatePair]

# Offered to reviewers, with the key that chooses each.
CHOICES = [(Verdict.DUPLICATE, "1"), (Verdict.SIMILAR, "2"), (Verdict.UNRELATED, "3")]


class AlreadyDecidedError(ValueError):
    """Somebody else was first; the text says who and what."""

    def __init__(self, pair: DuplicatePair) -> None:
        who = pair.decided_by or "a former colleague"
        super().__init__(f"{who} has already decided this pair: {pair.get_verdict_display().lower()}.")


class NotYoursError(ValueError):
    """Only the one who decided, or an administrator, takes a verdict back."""


def may_review(user: permissions.User) -> bool:
    """Asks nothing for visitors who are not signed in; every page's header wants to know."""
    return bool(permissions.own_collections(user)) or sees_all(user)


def sees_all(user: permissions.User) -> bool:
    return bool(user.is_authenticated and user.has_perm("similarity.change_duplicatepair"))  # type: ignore[union-attr]


def reviewable(user: permissions.User) -> Pairs:
    """Administrators see every pair; curators those with both pictures in collections of theirs."""
    pictures = queries.images().select_related("artwork__collection")
    pairs = DuplicatePair.objects.select_related("decided_by")
    pairs = pairs.prefetch_related(Prefetch("low", pictures), Prefetch("high", pictures))
    if sees_all(user):
        return pairs
    own = permissions.curated_collections(user).values("pk")
    return pairs.filter(low__artwork__collection__in=own, high__artwork__collection__in=own)


def reviewable_pictures(user: permissions.User) -> Q:
    """Return the pictures of all pairs for who reviews all. Curators need no grant, as they see their own works."""
    if not sees_all(user):
        return Q(pk__in=[])
    return Q(Exists(DuplicatePair.objects.filter(Q(low=OuterRef("pk")) | Q(high=OuterRef("pk")))))


def undecided(pairs: Pairs) -> Pairs:
    """The queue: what is surely the same first."""
    return pairs.filter(verdict=Verdict.UNDECIDED).order_by("-is_identical", "-correlation", "pk")


def behind(pairs: Pairs, last: DuplicatePair | None) -> Pairs:
    """The queue from behind one pair on, whether that pair was decided meanwhile or not."""
    if last is None:
        return pairs
    worse = Q(correlation__lt=last.correlation) | Q(correlation=last.correlation, pk__gt=last.pk)
    same_kind = Q(is_identical=last.is_identical) & worse
    return pairs.filter(same_kind | Q(is_identical__lt=last.is_identical))


def decided(pairs: Pairs) -> Pairs:
    """What people have settled, the latest first."""
    return pairs.exclude(verdict=Verdict.UNDECIDED).order_by("-decided_at", "-pk")


def before(pairs: Pairs, moment: datetime, pk: int) -> Pairs:
    """What was settled before the pair of this id was at that moment, whether that was taken back meanwhile or not."""
    return pairs.filter(Q(decided_at__lt=moment) | Q(decided_at=moment, pk__lt=pk))


def counts(pairs: Pairs) -> dict[str, int]:
    """Pairs by verdict, by one query; a verdict that nobody gave is left out."""
    return dict(pairs.order_by().values_list("verdict").annotate(count=Count("pk")))


def decide(pair_id: int, verdict: Verdict, reviewer: permissions.User) -> None:
    """Settles an undecided pair. Raises AlreadyDecidedError for the one who comes second."""
    pair = DuplicatePair.objects.filter(pk=pair_id, verdict=Verdict.UNDECIDED)
    if pair.update(verdict=verdict, decided_by_id=reviewer.pk, decided_at=timezone.now()) != 1:
        raise AlreadyDecidedError(DuplicatePair.objects.select_related("decided_by").get(pk=pair_id))


def take_back(pair_id: int, reviewer: permissions.User) -> None:
    """Puts a pair back into the queue. Raises NotYoursError for a colleague's verdict."""
    decided = DuplicatePair.objects.filter(pk=pair_id).exclude(verdict=Verdict.UNDECIDED)
    if not sees_all(reviewer):
        decided = decided.filter(decided_by_id=reviewer.pk)
    if decided.update(verdict=Verdict.UNDECIDED, decided_by=None, decided_at=None) != 1:
        raise NotYoursError("Only who decided this pair, or an administrator, can take the verdict back.")
