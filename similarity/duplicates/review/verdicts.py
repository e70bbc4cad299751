"""Decide flagged pairs, take verdicts back, and list the pairs that a user may review."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext

from collection import permissions, queries
from collection.audit.recording import Verb, record
from similarity.duplicates import cuts, grouping
from similarity.duplicates.review import merged_pairs
from similarity.duplicates.review.deciding import consequences, verdict_writing
from similarity.duplicates.review.deciding.verdict_errors import (
    AlreadyDecidedError,
    DisputedError,
    NotYoursError,
    OpinionGivenError,
    PairGoneError,
)
from similarity.duplicates.review.opinions import opinions
from similarity.models import DuplicatePair, Verdict

Pairs = QuerySet[DuplicatePair]

# The verdicts that reviewers choose from, each with its key on the keyboard, in order of falling likeness. The key of
# "unrelated" is apart from the others.
CHOICES = [
    (Verdict.DUPLICATE, "1"),
    (Verdict.SIMILAR, "2"),
    (Verdict.SAME_OBJECT, "3"),
    (Verdict.DETAIL_OF, "4"),
    (Verdict.EDITION_OF, "5"),
    (Verdict.UNRELATED, "0"),
]
# Those that can be given on several pairs at once: they are the same from both sides.
SYMMETRIC_CHOICES = [choice for choice in CHOICES if choice[0] not in consequences.RELATIONS]


def may_review(user: permissions.User) -> bool:
    """Return True for curators and administrators. Every page's header calls this, so visitors cost no query."""
    return bool(permissions.own_collections(user)) or sees_all(user)


def sees_all(user: permissions.User) -> bool:
    """Return True for an administrator, who may review pairs of every collection."""
    return bool(user.is_authenticated and user.has_perm("similarity.change_duplicatepair"))  # type: ignore[union-attr]


def reviewable(user: permissions.User) -> Pairs:
    """Return every pair for administrators; for curators the pairs whose two pictures are in their collections."""
    pictures = queries.images().select_related("artwork__collection")
    pairs = DuplicatePair.objects.select_related("decided_by", "claimed_by")
    pairs = pairs.prefetch_related(Prefetch("low", pictures), Prefetch("high", pictures))
    if sees_all(user):
        return pairs
    own = permissions.curated_collections(user).values("pk")
    return pairs.filter(low__collection__in=own, high__collection__in=own)  # a picture is in the collection of its work


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
    """Return the undecided pairs above the cut of the queue, the most certain first.

    Pairs of placeholders are left out: they have a page of their own.
    """
    open_pairs = of_two_works(pairs).filter(verdict=Verdict.UNDECIDED, stands_for_many=False)
    return open_pairs.filter(certainty__gte=cuts.queue_cut()).order_by("-certainty", "pk")


def of_two_works(pairs: Pairs) -> Pairs:
    """Return the pairs of two records. Pairs of one record need no verdict.

    Those show two of its views, or one that a merge left with its alias.
    """
    return pairs.exclude(low__artwork=F("high__artwork")).exclude(pk__in=merged_pairs.ids())


def queue(user: permissions.User) -> Pairs:
    """Return the pairs that wait for this user's verdict one by one, in the order of the queue."""
    return alone(waiting(reviewable(user), user))


def waiting(pairs: Pairs, user: permissions.User) -> Pairs:
    """Return the undecided pairs that wait for this user, in cases too.

    Where two reviewers are required, pairs with an opinion of this user, and disputed pairs, are left out.
    """
    return undecided(pairs).filter(opinions.awaiting(user))


def behind(pairs: Pairs, last: DuplicatePair | None) -> Pairs:
    """Return the pairs of the queue that come after `last`, even if `last` has been decided since."""
    if last is None:
        return pairs
    return pairs.filter(Q(certainty__lt=last.certainty) | Q(certainty=last.certainty, pk__gt=last.pk))


def ahead(pairs: Pairs, first: DuplicatePair) -> Pairs:
    """Return the pairs of the queue that come before `first`, the nearest one first."""
    better = Q(certainty__gt=first.certainty) | Q(certainty=first.certainty, pk__lt=first.pk)
    return pairs.filter(better).order_by("certainty", "-pk")


def decided(pairs: Pairs) -> Pairs:
    """Return the decided pairs, the latest verdict first."""
    return pairs.exclude(verdict=Verdict.UNDECIDED).order_by("-decided_at", "-pk")


def before(pairs: Pairs, moment: datetime, pk: int) -> Pairs:
    """Return the pairs decided before pair `pk`, decided at `moment`. Its verdict may have been withdrawn since."""
    return pairs.filter(Q(decided_at__lt=moment) | Q(decided_at=moment, pk__lt=pk))


def counts(pairs: Pairs) -> dict[str, int]:
    """Return the number of pairs by verdict, without those that the queue does not show."""
    shown = pairs.exclude(cuts.hidden())
    return dict(shown.order_by().values_list("verdict").annotate(count=Count("pk")))


@transaction.atomic
def decide(pair_id: int, verdict: Verdict, reviewer: permissions.User, derived: str = "") -> bool:
    """Decide an undecided pair. Return False if the verdict is kept as an opinion until a second reviewer agrees.

    derived: the picture that is the detail, edition or copy. By default the probable one. Raise AlreadyDecidedError if
    somebody else was first, OpinionGivenError if this reviewer has given an opinion already, PairGoneError if the pair
    was deleted.
    """
    lock(pair_id)
    pair = DuplicatePair.objects.select_related("decided_by").get(pk=pair_id)
    if pair.verdict != Verdict.UNDECIDED:
        raise AlreadyDecidedError(pair)
    if opinions.is_closed_to(reviewer, pair_id):
        raise OpinionGivenError(pair)
    stands = bool(verdict_writing.write([pair_id], verdict, reviewer, derived=derived))
    record_verdict(Verb.DECIDED, pair_id, verdict, {} if stands else {"as": "one of two reviewers"})
    return stands


@transaction.atomic
def take_back(pair_id: int, reviewer: permissions.User) -> None:
    """Put a pair back into the queue, or withdraw an opinion.

    Raise NotYoursError for a colleague's verdict, DisputedError for an opinion on a pair on which two reviewers differ,
    PairGoneError if the pair was deleted.
    """
    lock(pair_id)
    if opinions.is_disputed(pair_id):
        raise DisputedError
    standing = DuplicatePair.objects.filter(pk=pair_id).values_list("verdict", flat=True).first() or ""
    if standing == Verdict.UNDECIDED and opinions.withdraw([pair_id], reviewer):
        record_verdict(Verb.TAKEN_BACK, pair_id, standing, {"as": "one of two reviewers"})
        return
    if not verdict_writing.clear(may_take_back(reviewer).filter(pk=pair_id), reviewer):
        raise NotYoursError(
            gettext("Only the person who decided this pair, or an administrator, can take the verdict back.")
        )
    record_verdict(Verb.TAKEN_BACK, pair_id, standing)


def lock(pair_id: int) -> None:
    """Lock the row of a pair until the transaction ends. Raise PairGoneError if it was deleted."""
    grouping.lock([pair_id])
    if not DuplicatePair.objects.filter(pk=pair_id).exists():
        raise PairGoneError


def may_take_back(reviewer: permissions.User) -> Pairs:
    """Return the decided pairs whose verdict this user may take back or change: their own; all for administrators."""
    decided_pairs = DuplicatePair.objects.exclude(verdict=Verdict.UNDECIDED)
    return decided_pairs if sees_all(reviewer) else decided_pairs.filter(decided_by=reviewer.pk)


@transaction.atomic
def swap(pair_id: int, reviewer: permissions.User) -> None:
    """Exchange the picture that is the detail, edition or copy with the other, also in the relation.

    Raise NotYoursError for a colleague's verdict, PairGoneError if the pair was deleted.
    """
    lock(pair_id)
    pair = may_take_back(reviewer).filter(pk=pair_id, verdict__in=consequences.RELATIONS).first()
    if pair is None:
        raise NotYoursError(
            gettext("Only the person who decided this pair, or an administrator, can change the verdict.")
        )
    verdict_writing.turn(pair, reviewer)
    record_verdict(Verb.CHANGED, pair_id, pair.verdict)


def record_verdict(verb: Verb, pair_id: int, verdict: str, detail: Mapping[str, str] = MappingProxyType({})) -> None:
    """Record a verdict, or that it was taken back, with the names of both works."""
    pair = DuplicatePair.objects.select_related("low__artwork", "high__artwork").get(pk=pair_id)
    which = {"of": str(consequences.works_of(pair)[0])} if pair.derived else {}
    label = f"{pair.low.artwork} and {pair.high.artwork}"
    record(verb, pair, label=label, detail={"verdict": verdict, **which, **detail})
