"""Permissions to see and change works. Every page, API answer, list and picture file is checked by these functions."""

from collections.abc import Callable

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from collection.models import Artwork, ArtworkImage, Collection


class Operator:
    """The user of commands on the server, who may see everything."""

    pk = None
    is_authenticated = True
    is_superuser = True


User = AbstractBaseUser | AnonymousUser | Operator

# Other apps add functions that return pictures which a user needs for a task, such as reviewing pairs. The user may
# open these pictures and the pages of their works, but no list contains them.
Grant = Callable[[User], Q]
grants: list[Grant] = []


def sees_everything(user: User) -> bool:
    return bool(user.is_authenticated and getattr(user, "is_superuser", False))


def visible(user: User, prefix: str = "") -> Q:
    """Return a filter for the works that this user may see; with prefix "artwork__", for rows that refer to a work.

    The public sees a published work of a public collection once its first picture is ready. Curators see all works of
    their collections at once. Nobody sees an alias, a work that was merged into another one: its address redirects.
    """
    if sees_everything(user):
        return unmerged(prefix)
    return public_works(prefix) | own_works(user, prefix) if user.is_authenticated else public_works(prefix)


def visible_pictures(user: User, prefix: str = "") -> Q:
    """Return a filter for the pictures that this user may see; with prefix "image__", for rows that refer to a picture.

    The public sees a picture of a visible work once the picture is ready: further views may be added later.
    """
    if sees_everything(user):
        return unmerged(f"{prefix}artwork__")
    public = public_works(f"{prefix}artwork__") & Q(**{f"{prefix}is_ready": True})
    return public | own_works(user, f"{prefix}artwork__") if user.is_authenticated else public


def curated_pictures(user: User) -> Q:
    """Return a filter for the pictures of all works that this user may change, also of aliases, which no list has."""
    if sees_everything(user):
        return Q()
    return curated_works(user, "artwork__") if user.is_authenticated else Q(pk__in=[])


def granted_pictures(user: User) -> Q:
    """Return a filter for the pictures that this user needs for a task."""
    found = Q(pk__in=[])
    for grant in grants:
        found |= grant(user)
    return found


def public_works(prefix: str) -> Q:
    conditions = ("is_published", "is_ready", "collection__is_public", "merged_into__isnull")
    return Q(**{f"{prefix}{condition}": True for condition in conditions})


def unmerged(prefix: str) -> Q:
    """Return a filter for works that are no aliases; with a prefix as in `visible`. Learning and exports use it too."""
    return Q(**{f"{prefix}merged_into__isnull": True})


def own_works(user: User, prefix: str) -> Q:
    return curated_works(user, prefix) & unmerged(prefix)


def aliases_known_to(user: User) -> Q:
    """Return a filter for the aliases that this user could see before they were merged.

    Its first picture may have moved to the kept work, so it need not be ready.
    """
    alias = Q(merged_into__isnull=False)
    if sees_everything(user):
        return alias
    public = Q(is_published=True, collection__is_public=True)
    return alias & (public | curated_works(user, "") if user.is_authenticated else public)


def curated_works(user: User, prefix: str) -> Q:
    return Q(**{f"{prefix}collection__in": Collection.objects.filter(curators=user.pk).values("pk")})


def visible_works(user: User) -> QuerySet[Artwork]:
    return Artwork.objects.filter(visible(user))


def visible_images(user: User) -> QuerySet[ArtworkImage]:
    return ArtworkImage.objects.filter(visible_pictures(user))


def visible_collections(user: User) -> QuerySet[Collection]:
    if sees_everything(user):
        return Collection.objects.all()
    shown = Q(is_public=True)
    return Collection.objects.filter(shown | Q(curators=user.pk) if user.is_authenticated else shown).distinct()


def curated_collections(user: User) -> QuerySet[Collection]:
    """Return the collections that this user may change."""
    if sees_everything(user):
        return Collection.objects.all()
    return Collection.objects.filter(curators=user.pk) if user.is_authenticated else Collection.objects.none()


def own_collections(user: User) -> list[Collection]:
    """Return the same as a list. It is cached on the request's user, because several parts of a page need it."""
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
    """Raise PermissionDenied (403) unless this user may change this collection."""
    if not is_curator(user, collection):
        raise PermissionDenied
