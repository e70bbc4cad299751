"""Find, decide and undo batches of sure pairs. The evidence of each kind is stored with the pair."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from collection import permissions
from collection.audit.recording import Verb, record
from similarity.duplicates import grouping
from similarity.duplicates.review import claims, verdicts
from similarity.duplicates.review.deciding import verdict_writing
from similarity.duplicates.review.opinions import opinions
from similarity.models import Kind, Opinion, ReviewBatch, Rule, Verdict

PAGE = 200  # pairs that one press of the button decides at most
FEWEST = 2  # pairs that make a batch
# Certain evidence of a photograph that was saved again. It is stricter than what suggests a duplicate, because the list
# shows the pictures small.
CERTAIN_INLIERS = 100
CERTAIN_SHARE = 0.97  # of each picture that the other shows
CERTAIN_AGREEMENT = 0.95
CERTAIN_COLOUR = 4.0  # CIELAB units


@dataclass(frozen=True)
class BatchKind:
    """A kind of sure pairs: its name in addresses, its evidence, and two texts in English.

    english_title: as the audit log has it. english_words: what follows "3 pairs".
    """

    name: str
    english_title: str
    english_words: str
    evidence: Q

    @property
    def title(self) -> str:
        return gettext(self.english_title)

    @property
    def words(self) -> str:
        return gettext(self.english_words)


KINDS: Mapping[str, BatchKind] = {
    each.name: each
    for each in (
        BatchKind(
            "same-file",
            gettext_noop("Identical files"),
            gettext_noop("of identical files"),
            Q(kind=Kind.SAME_FILE),
        ),
        BatchKind(
            "same-pixels",
            gettext_noop("Equal pixels"),
            gettext_noop("with equal pixels in different files"),
            Q(kind=Kind.SAME_PIXELS),
        ),
        BatchKind(
            "saved-again",
            gettext_noop("The same photograph, saved again"),
            gettext_noop("of the same photograph, saved again"),
            Q(
                kind=Kind.REENCODED, rule=Rule.FEATURES, inliers__gte=CERTAIN_INLIERS, low_share__gte=CERTAIN_SHARE,
                high_share__gte=CERTAIN_SHARE, correlation__gte=CERTAIN_AGREEMENT,
                colour_difference__lte=CERTAIN_COLOUR,
            ),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What was done with the pairs that a reviewer ticked, as numbers of pairs."""

    batch: ReviewBatch | None  # None if nothing was decided or noted
    decided: int
    opinions: int  # undecided, as two reviewers are required
    left: int  # decided by others, deleted, or given other evidence since the page was opened

    @property
    def sentence(self) -> str:
        found = []
        if self.decided or not self.opinions:
            text = ngettext("%(count)s pair decided: duplicate.", "%(count)s pairs decided: duplicate.", self.decided)
            found.append(text % {"count": intcomma(self.decided)})
        if self.opinions:
            text = ngettext(
                "%(count)s pair noted: a second reviewer is needed, or the first one disagrees.",
                "%(count)s pairs noted: a second reviewer is needed, or the first one disagrees.",
                self.opinions,
            )
            found.append(text % {"count": intcomma(self.opinions)})
        if self.left:
            text = ngettext(
                "%(count)s pair left alone: decided by a colleague, deleted, or with other evidence by now.",
                "%(count)s pairs left alone: decided by a colleague, deleted, or with other evidence by now.",
                self.left,
            )
            found.append(text % {"count": intcomma(self.left)})
        return " ".join(found)


def label_of(count: int) -> str:
    """Return the label of a batch in the audit log, which is in English."""
    return f"batch of {count:,} pair{'' if count == 1 else 's'}"


def sure(kind: BatchKind, user: permissions.User) -> verdicts.Pairs:
    """Return the pairs of a kind that wait for this user and that no colleague looks at."""
    return waiting(kind, user).exclude(claims.held_by_others(user))


def waiting(kind: BatchKind, user: permissions.User) -> verdicts.Pairs:
    """Return the pairs of a kind that wait for this user."""
    mine = verdicts.waiting(verdicts.reviewable(user), user)
    return mine.filter(kind.evidence, suggested=Verdict.DUPLICATE)


def open_kinds(pairs: verdicts.Pairs) -> list[tuple[BatchKind, int]]:
    """Return the kinds to which FEWEST or more of these waiting pairs belong, with their numbers. One query."""
    suggested = pairs.order_by().filter(suggested=Verdict.DUPLICATE)
    columns = {f"kind{place}": Count("pk", filter=kind.evidence) for place, kind in enumerate(KINDS.values())}
    counts = suggested.aggregate(**columns)
    found = [(kind, counts[f"kind{place}"]) for place, kind in enumerate(KINDS.values())]
    return [(kind, count) for kind, count in found if count >= FEWEST]


@transaction.atomic
def decide(kind: BatchKind, pair_ids: Collection[int], reviewer: permissions.User) -> Outcome:
    """Decide these pairs as duplicates. Leave out those that are decided or no longer sure pairs of this kind."""
    grouping.lock(pair_ids)
    mine = waiting(kind, reviewer).filter(pk__in=pair_ids)
    ids = sorted(mine.order_by().values_list("pk", flat=True))
    if not ids:
        return Outcome(None, 0, 0, len(set(pair_ids)))
    batch = ReviewBatch.objects.create(
        kind=kind.name, decided_by_id=reviewer.pk, decided_at=timezone.now(), size=len(ids)
    )
    final = verdict_writing.write(ids, Verdict.DUPLICATE, reviewer, batch=batch)
    ReviewBatch.objects.filter(pk=batch.pk).update(size=len(final))
    detail = {"verdict": Verdict.DUPLICATE, "kind": kind.english_title, "pairs": ids}
    record(Verb.DECIDED, batch, label=label_of(len(ids)), detail=detail)
    return Outcome(batch, len(final), len(ids) - len(final), len(set(pair_ids)) - len(ids))


@transaction.atomic
def undo(batch: ReviewBatch, reviewer: permissions.User) -> int:
    """Take back this reviewer's verdicts of a batch that still stand, and this reviewer's opinions.

    Return the number of pairs. Opinions that a second reviewer has confirmed or disputed stay.
    """
    grouping.lock({*batch.pairs.values_list("pk", flat=True), *batch.opinions.values_list("pair", flat=True)})
    opinions_given = list(noted(reviewer).filter(batch=batch).values_list("pair", flat=True))
    cleared = verdict_writing.clear(standing(reviewer).filter(batch=batch), reviewer)
    opinions.withdraw(opinions_given, reviewer)
    pairs = sorted(cleared + opinions_given)
    if pairs:
        record(Verb.TAKEN_BACK, batch, label=label_of(len(pairs)), detail={"pairs": pairs})
    return len(pairs)


def standing(user: permissions.User) -> verdicts.Pairs:
    """Return the pairs that batches have decided, and whose verdict this user may take back."""
    mine = verdicts.reviewable(user).order_by().values("pk")
    return verdicts.may_take_back(user).filter(batch__isnull=False, pk__in=mine)


def noted(user: permissions.User) -> QuerySet[Opinion]:
    """Return the opinions that this user gave with batches and may withdraw."""
    mine = verdicts.reviewable(user).order_by().values("pk")
    return opinions.withdrawable(user).filter(batch__isnull=False, pair__in=mine)


def recent(user: permissions.User) -> QuerySet[ReviewBatch]:
    """Return the batches that this user may take back at least in part, the latest first.

    standing: verdicts that stand. noted: opinions of this user that wait for a second reviewer.
    """
    batches = Q(pk__in=standing(user).order_by().values("batch")) | Q(pk__in=noted(user).order_by().values("batch"))
    shown = ReviewBatch.objects.filter(batches).select_related("decided_by")
    opinions_each = noted(user).filter(batch=OuterRef("pk")).order_by().values("batch").annotate(count=Count("pk"))
    return shown.annotate(
        standing=Count("pairs", filter=~Q(pairs__verdict=Verdict.UNDECIDED)),
        noted=Coalesce(Subquery(opinions_each.values("count")), 0),
    )
