"""Decide flagged pairs, take verdicts back, and list the pairs that a user may review."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from collection import permissions, queries
from collection.audit.recording import Verb, record
from similarity.duplicates import grouping
from similarity.models import DuplicatePair, Verdict

Pairs = QuerySet[DuplicatePair]

# The verdicts that reviewers choose from, each with its key on the keyboard.
CHOICES = [(Verdict.DUPLICATE, "1"), (Verdict.SIMILAR, "2"), (Verdict.UNRELATED, "3")]


class AlreadyDecidedError(ValueError):
    """Somebody else has decided the pair already. The text names that person and the verdict."""

    def __init__(self, pair: DuplicatePair) -> None:
        who = pair.decided_by or "a former colleague"
        super().__init__(f"{who} has already decided this pair: {pair.get_verdict_display().lower()}.")


class NotYoursError(ValueError):
    """The verdict is a colleague's: only that person or an administrator may take it back."""


def may_review(user: permissions.User) -> bool:
    """Return True for curators and administrators. Visitors cost no query, as every page's header calls this."""
    return bool(permissions.own_collections(user)) or sees_all(user)


def sees_all(user: permissions.User) -> bool:
    """Return True for an administrator, who may review pairs of every collection."""
    return bool(user.is_authenticated and user.has_perm("similarity.change_duplicatepair"))  # type: ignore[union-attr]


def reviewable(user: permissions.User) -> Pairs:
    """Return every pair for administrators; for curators the pairs whose two pictures are in their collections."""
    pictures = queries.images().select_related("artwork__collection")
    pairs = DuplicatePair.objects.select_related("decided_by")
    pairs = pairs.prefetch_related(Prefetch("low", pictures), Prefetch("high", pictures))
    if sees_all(user):
        return pairs
    own = permissions.curated_collections(user).values("pk")
    return pairs.filter(low__artwork__collection__in=own, high__artwork__collection__in=own)


def reviewable_pictures(user: permissions.User) -> Q:
    """Return a condition on ArtworkImage that admits the pictures of all pairs for users who may review all pairs.

    It admits none for others: curators see the works of their own collections anyway.
    """
    if not sees_all(user):
        return Q(pk__in=[])
    return Q(Exists(DuplicatePair.objects.filter(Q(low=OuterRef("pk")) | Q(high=OuterRef("pk")))))


def alone(pairs: Pairs) -> Pairs:
    """Return the pairs that belong to no case."""
    return pairs.filter(case=None)


def undecided(pairs: Pairs) -> Pairs:
    """Return the undecided pairs, the most certain duplicates first."""
    return pairs.filter(verdict=Verdict.UNDECIDED).order_by("-is_identical", "-correlation", "pk")


def behind(pairs: Pairs, last: DuplicatePair | None) -> Pairs:
    """Return the pairs of the queue that come after `last`, even if `last` has been decided since."""
    if last is None:
        return pairs
    worse = Q(correlation__lt=last.correlation) | Q(correlation=last.correlation, pk__gt=last.pk)
    same_kind = Q(is_identical=last.is_identical) & worse
    return pairs.filter(same_kind | Q(is_identical__lt=last.is_identical))


def decided(pairs: Pairs) -> Pairs:
    """Return the decided pairs, the latest verdict first."""
    return pairs.exclude(verdict=Verdict.UNDECIDED).order_by("-decided_at", "-pk")


def before(pairs: Pairs, moment: datetime, pk: int) -> Pairs:
    """Return the pairs decided before pair `pk`, decided at `moment`. Its verdict may have been withdrawn since."""
    return pairs.filter(Q(decided_at__lt=moment) | Q(decided_at=moment, pk__lt=pk))


def counts(pairs: Pairs) -> dict[str, int]:
    """Return the number of pairs by verdict, by one query. Verdicts without pairs are left out."""
    return dict(pairs.order_by().values_list("verdict").annotate(count=Count("pk")))


@transaction.atomic
def decide(pair_id: int, verdict: Verdict, reviewer: permissions.User) -> None:
    """Decide an undecided pair. Raise AlreadyDecidedError if somebody else was first."""
    grouping.lock([pair_id])
    pair = DuplicatePair.objects.filter(pk=pair_id, verdict=Verdict.UNDECIDED)
    if pair.update(verdict=verdict, decided_by_id=reviewer.pk, decided_at=timezone.now()) != 1:
        raise AlreadyDecidedError(DuplicatePair.objects.select_related("decided_by").get(pk=pair_id))
    grouping.regroup_pair(pair_id)
    record_verdict(Verb.DECIDED, pair_id, verdict)


@transaction.atomic
def take_back(pair_id: int, reviewer: permissions.User) -> None:
    """Put a pair back into the queue. Raise NotYoursError for a colleague's verdict."""
    grouping.lock([pair_id])
    standing = DuplicatePair.objects.filter(pk=pair_id).values_list("verdict", flat=True).first() or ""
    decided = DuplicatePair.objects.filter(pk=pair_id).exclude(verdict=Verdict.UNDECIDED)
    if not sees_all(reviewer):
        decided = decided.filter(decided_by_id=reviewer.pk)
    if decided.update(verdict=Verdict.UNDECIDED, decided_by=None, decided_at=None) != 1:
        raise NotYoursError("Only the person who decided this pair, or an administrator, can take the verdict back.")
    grouping.regroup_pair(pair_id)
    record_verdict(Verb.TAKEN_BACK, pair_id, standing)


def record_verdict(verb: Verb, pair_id: int, verdict: str) -> None:
    """Record a verdict, or that it was taken back, with the names of both works."""
    pair = DuplicatePair.objects.select_related("low__artwork", "high__artwork").get(pk=pair_id)
    record(verb, pair, label=f"{pair.low.artwork} and {pair.high.artwork}", detail={"verdict": verdict})
