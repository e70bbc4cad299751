"""Template tags on duplicates: the link to the review queue, copies among uploads, and where to merge records."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import template
from django.db.models import Q
from django.urls import reverse

from collection.jobs.upload_progress import Progress, State
from collection.models import ArtworkImage
from similarity.duplicates.review import cases, verdicts
from similarity.models import DuplicatePair, Verdict

register = template.Library()


@dataclass(frozen=True)
class Copy:
    """A picture that seems to be a copy, and the pair that says so."""

    pair: DuplicatePair
    other: ArtworkImage


@register.simple_tag(takes_context=True)
def may_review(context: template.Context) -> bool:
    """Return True if the user of this page may review. A page without a request has no user."""
    user = context.get("user")
    return user is not None and verdicts.may_review(user)


@register.simple_tag(takes_context=True)
def copies_of_upload(context: template.Context, progress: Progress) -> dict[int, Copy]:
    """Return the surest undecided copy of each uploaded picture, by the id of the picture.

    Only pairs that the user of this page may review are used.
    """
    user = context.get("user")
    sent = {each.file.image_id for each in progress.files if each.file.image_id and each.state == State.READY}
    if user is None or not sent or not verdicts.may_review(user):
        return {}
    near = Q(low__in=sent) | Q(high__in=sent)
    pairs = verdicts.reviewable(user).filter(near, suggested=Verdict.DUPLICATE, verdict=Verdict.UNDECIDED)
    found: dict[int, Copy] = {}
    for pair in pairs.order_by("-certainty", "pk"):
        for own, other in ((pair.low, pair.high), (pair.high, pair.low)):
            if own.pk in sent:
                found.setdefault(own.pk, Copy(pair, other))
    return found


@register.filter
def for_picture(copies: Mapping[int, Copy], image_id: int | None) -> Copy | None:
    """Return the copy of this picture, or None."""
    return copies.get(image_id) if image_id else None


@register.simple_tag
def merge_address(pair: DuplicatePair) -> str:
    """Return the address at which the records of two duplicates are merged into the one that is best kept."""
    kept = cases.suggest_keeping([pair.low, pair.high]).image
    merged = pair.high if kept == pair.low else pair.low
    return reverse("work-merge", args=[kept.artwork_id, merged.artwork_id])
