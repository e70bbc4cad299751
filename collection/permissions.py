"""Who may see and change what. Every page, answer, list and picture URL asks here."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from collection.models import Artwork, ArtworkImage, Collection


class Operator:
    """Whoever runs commands on the server itself: sees everything."""

    pk = None
    is_authenticated = True
    is_superuser = True


User = AbstractBaseUser | AnonymousUser | Operator


def sees_everything(user: User) -> bool:
    return bool(user.is_authenticated and getattr(user, "is_superuser", False))


def visible(user: User, prefix: str = "") -> Q:
    """What this user may see, for a query over works; with prefix "artwork__", over what belongs to works."""
    if sees_everything(user):
        return Q()
    shown = Q(**{f"{prefix}is_published": True, f"{prefix}collection__is_public": True})
    if not user.is_authenticated:
        return shown
    own = Collection.objects.filter(curators=user.pk).values("pk")
    return shown | Q(**{f"{prefix}collection__in": own})


def visible_works(user: User) -> QuerySet[Artwork]:
    return Artwork.objects.filter(visible(user))


def visible_images(user: User) -> QuerySet[ArtworkImage]:
    return ArtworkImage.objects.filter(visible(user, "artwork__"))


def visible_collections(user: User) -> QuerySet[Collection]:
    if sees_everything(user):
        return Collection.objects.all()
    shown = Q(is_public=True)
    return Collection.objects.filter(shown | Q(curators=user.pk) if user.is_authenticated else shown).distinct()


def curated_collections(user: User) -> QuerySet[Collection]:
    """Collections that this user may change."""
    if sees_everything(user):
        return Collection.objects.all()
    return Collection.objects.filter(curators=user.pk) if user.is_authenticated else Collection.objects.none()


def own_collections(user: User) -> list[Collection]:
    """The same as a list, asked for once a request: navigation, notices and pages all want to know."""
    if not user.is_authenticated:
        return []
    known: list[Collection] | None = getattr(user, "own_collections", None)
    if known is None:
        known = list(curated_collections(user))
        user.own_collections = known  # type: ignore[union-attr]  # lives as long as the user of one request
    return known


def is_curator(user: User, collection: Collection) -> bool:
    return collection in own_collections(user)


def require_curator(user: User, collection: Collection) -> None:
    """Raises PermissionDenied (403) unless this user may change this collection."""
    if not is_curator(user, collection):
        raise PermissionDenied
