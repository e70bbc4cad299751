"""Find pictures without content: placeholders that stand for many works, blank pictures, tiny ones. One line each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from collection import permissions
from collection.models import ArtworkImage
from collection.models.artworks import TINY_PX
from similarity.duplicates import placeholders
from similarity.models import DuplicatePair, Fingerprint, PlaceholderException

PAGE = 50
PLACEHOLDERS, EXCEPTIONS = "placeholders", "not-placeholders"  # names of kinds
LIMITS = {"most_works": placeholders.MOST_WORKS, "side_px": TINY_PX}
Images = QuerySet[ArtworkImage]


@dataclass(frozen=True)
class Line:
    """Pictures with equal pixels: the one added first, and the number of their works that this user may review."""

    image: ArtworkImage
    works: int


@dataclass(frozen=True)
class BlankKind:
    """A kind of pictures without content: its name in addresses, its title, and what is in its list.

    english_text may have the placeholders of LIMITS.
    """

    name: str
    title: str | Promise
    english_text: str
    find: Callable[[], Q]

    @property
    def text(self) -> str:
        return gettext(self.english_text) % LIMITS


def standing_for_many() -> Q:
    marked = DuplicatePair.objects.filter(stands_for_many=True)
    return Q(pixel_digest__in=placeholders.shared(placeholders.digests_of(marked)))


def excepted() -> Q:
    return Q(pixel_digest__in=PlaceholderException.objects.values("pixel_digest"))


def is_excepted(digest: str) -> bool:
    return PlaceholderException.objects.filter(pixel_digest=digest).exists()


def is_placeholder(digest: str) -> bool:
    return bool(placeholders.shared([digest]))


def flat() -> Q:
    return Q(pk__in=Fingerprint.objects.filter(is_flat=True).values("pk"))


def tiny() -> Q:
    return Q(width_px__lt=TINY_PX, height_px__lt=TINY_PX)


KINDS: Mapping[str, BlankKind] = {
    each.name: each
    for each in (
        BlankKind(
            PLACEHOLDERS, _("Placeholders"),
            gettext_noop("Pictures that more than %(most_works)s works share. Their pairs are not in the queue."),
            standing_for_many,
        ),
        BlankKind(
            EXCEPTIONS, _("Not placeholders"),
            gettext_noop(
                "Pictures that many works share, and that a reviewer found not to be placeholders. Their pairs are in"
                " the queue."
            ),
            excepted,
        ),
        BlankKind(
            "blank", _("Blank"),
            gettext_noop("Pictures of almost one tone, such as blank scans. They form no pairs."),
            flat,
        ),
        BlankKind(
            "tiny", _("Tiny"),
            gettext_noop("Pictures smaller than %(side_px)s px on both sides. Their pairs are in the queue."),
            tiny,
        ),
    )
}  # fmt: skip


def reviewable_images(user: permissions.User) -> Images:
    """Return the pictures of works, other than aliases, that this user curates or reviews."""
    images = ArtworkImage.objects.filter(artwork__merged_into=None)
    if permissions.sees_everything(user):
        return images
    return images.filter(permissions.curated_pictures(user) | permissions.granted_pictures(user))


def lines(kind: BlankKind, user: permissions.User, after: str) -> list[Line]:
    """Return the next PAGE + 1 lines, in the order of the digests of their pixels, after the digest `after`."""
    found = reviewable_images(user).filter(kind.find(), pixel_digest__gt=after).order_by()
    rows = found.values("pixel_digest").annotate(works=Count("artwork", distinct=True), first=Min("pk"))
    chosen = list(rows.order_by("pixel_digest")[: PAGE + 1])
    images = ArtworkImage.objects.select_related("artwork").in_bulk([row["first"] for row in chosen])
    return [Line(images[row["first"]], row["works"]) for row in chosen if row["first"] in images]


def with_pixels(digest: str, user: permissions.User, after: int) -> Images:
    """Return the next PAGE + 1 pictures with these pixels, those with ids after `after`."""
    found = reviewable_images(user).filter(pixel_digest=digest, pk__gt=after)
    return found.select_related("artwork__collection").order_by("pk")[: PAGE + 1]
