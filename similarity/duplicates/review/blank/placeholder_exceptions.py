"""State that a picture which many works share is no placeholder, and undo this. Its pairs are then in the queue."""

from django.db import transaction
from django.utils.translation import gettext

from collection.audit.recording import Verb, record
from collection.models import ArtworkImage
from collection.permissions import User
from similarity.duplicates import grouping, placeholders
from similarity.duplicates.review import verdicts
from similarity.duplicates.review.blank import blank_pictures
from similarity.models import PlaceholderException

WORDS = "no placeholder"


class NotAPlaceholderError(ValueError):
    """The picture is not a placeholder: too few works share it, or a colleague has already stated that it is none."""

    def __init__(self) -> None:
        super().__init__(gettext("This picture is no placeholder by now, so nothing was changed."))


class NotExceptedError(ValueError):
    """The picture has no exception, for example because a colleague has just removed it."""

    def __init__(self) -> None:
        super().__init__(gettext("This picture counts as any other by now, so nothing was changed."))


class SharedPictureError(ValueError):
    """Works that this reviewer may not review share the picture. Their pairs would change too."""

    def __init__(self) -> None:
        super().__init__(
            gettext("Works of other collections share this picture. Please ask an administrator to decide.")
        )


@transaction.atomic
def add(digest: str, reviewer: User) -> None:
    """State that the picture with these pixels is no placeholder. Its pairs return to the queue.

    Raise SharedPictureError, or NotAPlaceholderError if the picture is not a placeholder.
    """
    grouping.lock()
    require_all(digest, reviewer)
    if not placeholders.shared([digest]):
        raise NotAPlaceholderError
    PlaceholderException.objects.create(pixel_digest=digest, decided_by_id=reviewer.pk)
    placeholders.correct(digest)
    note(Verb.DECIDED, digest)


@transaction.atomic
def remove(digest: str, reviewer: User) -> None:
    """Undo `add`. The picture is a placeholder again if enough works still share it.

    Raise SharedPictureError, or NotExceptedError if the picture has no exception.
    """
    grouping.lock()
    require_all(digest, reviewer)
    if not PlaceholderException.objects.filter(pixel_digest=digest).delete()[0]:
        raise NotExceptedError
    placeholders.correct(digest)
    note(Verb.TAKEN_BACK, digest)


def require_all(digest: str, reviewer: User) -> None:
    """Raise SharedPictureError unless this reviewer may review all works with this picture."""
    if verdicts.sees_all(reviewer):
        return
    own = blank_pictures.reviewable_images(reviewer).values("pk")
    if with_pixels(digest).exclude(pk__in=own).exists():
        raise SharedPictureError


def with_pixels(digest: str) -> blank_pictures.Images:
    return ArtworkImage.objects.filter(pixel_digest=digest, artwork__merged_into=None)


def note(verb: Verb, digest: str) -> None:
    """Record the change in the audit log, under the oldest picture with these pixels."""
    images = with_pixels(digest).select_related("artwork").order_by("pk")
    works = images.order_by().values("artwork").distinct().count()
    first = images.first()
    label = f"the picture of {first.artwork}" if first else "a picture"
    record(verb, first, kind="picture", label=label, detail={"as": WORDS, "works": works, "pixels": digest})
