"""Template tags on duplicates: the link to the review queue, copies among uploads, and where to merge records."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import template
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from collection.jobs.upload_progress import Progress, State
from collection.models import Artwork, ArtworkImage
from similarity.duplicates.review import cases, claims, verdicts
from similarity.duplicates.review.deciding import consequences
from similarity.duplicates.review.desk import priming
from similarity.duplicates.review.opinions import opinions
from similarity.duplicates.review.queue import progress
from similarity.models import DuplicatePair, Opinion, Side, Verdict

register = template.Library()

BETWEEN = {Verdict.DETAIL_OF: gettext_noop("a detail of"), Verdict.EDITION_OF: gettext_noop("an edition or copy of")}


@dataclass(frozen=True)
class Copy:
    """A picture that may be a copy, and its pair."""

    pair: DuplicatePair
    other: ArtworkImage


@register.simple_tag(takes_context=True)
def may_review(context: template.Context) -> bool:
    """Return True if the user of this page may review. A page without a request has no user."""
    user = context.get("user")
    return user is not None and verdicts.may_review(user)


@register.simple_tag(takes_context=True)
def copies_of_upload(context: template.Context, progress: Progress) -> dict[int, Copy]:
    """Return the most certain undecided copy of each uploaded picture, by the id of the picture.

    Copies of a placeholder are left out, because their works may differ. Only pairs that this user may review are used.
    """
    user = context.get("user")
    sent = {each.file.image_id for each in progress.files if each.file.image_id and each.state == State.READY}
    if user is None or not sent or not verdicts.may_review(user):
        return {}
    near = Q(low__in=sent) | Q(high__in=sent)
    pairs = verdicts.undecided(verdicts.reviewable(user)).filter(near, suggested=Verdict.DUPLICATE)
    found: dict[int, Copy] = {}
    for pair in pairs.order_by("-certainty", "pk"):
        for own, other in ((pair.low, pair.high), (pair.high, pair.low)):
            if own.pk in sent:
                found.setdefault(own.pk, Copy(pair, other))
    return found


@register.simple_tag(takes_context=True)
def colleague_at(context: template.Context, pair: DuplicatePair) -> str:
    """Return the name of the colleague who looks at this pair now, or ""."""
    user = context.get("user")
    return claims.colleague_at(pair, user) if user is not None else ""


@register.simple_tag(takes_context=True)
def progress_of(context: template.Context, waiting: int) -> progress.Progress | None:
    """Return how far the user of this page has come, with `waiting` decisions left."""
    user = context.get("user")
    return progress.of(user, waiting) if user is not None else None


@register.filter
def for_picture(copies: Mapping[int, Copy], image_id: int | None) -> Copy | None:
    """Return the copy of this picture, or None."""
    return copies.get(image_id) if image_id else None


@dataclass(frozen=True)
class Consequence:
    """What a verdict changed, or what can be done next."""

    merge_address: str = ""
    derived: Artwork | None = None  # the detail, edition or copy
    other: Artwork | None = None
    words: str = ""  # between the two
    sentence: str = ""  # on the relation of the works
    can_swap: bool = False


@register.simple_tag(takes_context=True)
def consequence_of(context: template.Context, pair: DuplicatePair) -> Consequence | None:
    """Return the consequence of the verdict on a pair of two works, or None."""
    user = context.get("user")
    if user is None or pair.low.artwork_id == pair.high.artwork_id:
        return None
    if pair.verdict == Verdict.SAME_OBJECT:
        return Consequence(merge_address=merge_address(pair))
    if pair.verdict not in consequences.RELATIONS:
        return None
    derived, other = consequences.works_of(pair)
    words = gettext(BETWEEN[Verdict(pair.verdict)])
    can_swap = verdicts.sees_all(user) or pair.decided_by_id == user.pk
    return Consequence("", derived, other, words, consequences.standing(pair), can_swap=can_swap)


@register.filter
def derived_number(opinion: Opinion, pair: DuplicatePair) -> str:
    """Return the accession number of the work that is the detail, edition or copy according to an opinion."""
    return (pair.low if opinion.derived == Side.LOW else pair.high).artwork.accession_number


@register.simple_tag
def two_reviewers() -> bool:
    """Return True if two reviewers decide each pair."""
    return opinions.are_required()


@register.simple_tag
def merge_address(pair: DuplicatePair) -> str:
    """Return the address of the merge of two duplicates into the record that is suggested to keep."""
    kept = cases.suggest_keeping([pair.low, pair.high]).image
    merged = pair.high if kept == pair.low else pair.low
    return reverse("work-merge", args=[kept.artwork_id, merged.artwork_id])


@register.filter
def primed_verdict(pair: DuplicatePair) -> str:
    """Return the verdict whose button stands out: only near-certain duplicates have one."""
    return priming.primed(pair)
