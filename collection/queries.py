"""What pages read: works with their pictures, what is new, what comes next. Nothing here changes anything."""

import random
from collections.abc import Sequence

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects

from collection import tasks
from collection.models import Artwork, ArtworkImage, Collection, Step
from collection.permissions import User, sees_everything, visible, visible_collections, visible_works


def images() -> QuerySet[ArtworkImage]:
    """Pictures that know `preparation`: the state of their derivatives."""
    made = Step.objects.filter(image=OuterRef("pk"), key=tasks.DERIVATIVES)
    return ArtworkImage.objects.annotate(preparation=Subquery(made.values("state")[:1]))


def lead_images() -> Prefetch:
    """The first view of each work, as `lead_images`, a list of one or none; Artwork.lead_image reads it."""
    first = images().order_by("artwork_id", "position").distinct("artwork_id")
    return Prefetch("images", queryset=first, to_attr="lead_images")


def with_lead_image(works: QuerySet[Artwork]) -> QuerySet[Artwork]:
    """What a card needs, in two queries however many works there are."""
    return works.select_related("collection").prefetch_related(lead_images())


def recent(user: User, count: int) -> QuerySet[Artwork]:
    return visible_works(user).filter(images__isnull=False).distinct().order_by("-pk")[:count]


def chance(user: User, newest_pk: int) -> Artwork | None:
    """A work with a picture to wander from, whichever comes first after a number drawn at random."""
    start = random.randint(1, max(newest_pk, 1))  # noqa: S311 - nothing hangs on it
    works = visible_works(user).filter(pk__gte=start, images__isnull=False)
    return works.order_by("pk").first()


def with_pictures(works: Sequence[Artwork]) -> None:
    """Fetches the lead images of works already at hand, in one query."""
    prefetch_related_objects(list(works), "collection", lead_images())


def counted_collections(user: User) -> QuerySet[Collection]:
    """Visible collections with `works_count`, the number of works in them that this user may see."""
    shown = Q() if sees_everything(user) else visible(user, "artworks__")
    return visible_collections(user).annotate(works_count=Count("artworks", filter=shown or None, distinct=True))


def views_of(work: Artwork) -> list[ArtworkImage]:
    return list(images().filter(artwork=work).order_by("position"))


def neighbours(user: User, work: Artwork) -> tuple[int | None, int | None]:
    """Primary keys of the works before and after this one in its collection, by one query."""
    around = visible_works(user).filter(collection=work.collection_id).values_list("pk", flat=True)
    before = around.filter(pk__lt=work.pk).order_by("-pk")[:1]
    after = around.filter(pk__gt=work.pk).order_by("pk")[:1]
    found = sorted(before.union(after, all=True))
    previous = next((pk for pk in found if pk < work.pk), None)
    return previous, next((pk for pk in found if pk > work.pk), None)
