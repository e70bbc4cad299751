"""What pages read: works with their pictures, what is new, what comes next. Nothing here changes anything."""

import random
from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce

from collection.jobs import job_queue
from collection.models import Artwork, ArtworkImage, Collection, Step
from collection.permissions import User, visible_collections, visible_works


def images() -> QuerySet[ArtworkImage]:
    """Pictures that know `preparation`: the state of their derivatives."""
    made = Step.objects.filter(image=OuterRef("pk"), key=job_queue.DERIVATIVES)
    return ArtworkImage.objects.annotate(preparation=Subquery(made.values("state")[:1]))


def lead_images() -> Prefetch:
    """The first view of each work, as `lead_images`, a list of one or none; Artwork.lead_image reads it."""
    first = images().order_by("artwork_id", "position").distinct("artwork_id")
    return Prefetch("images", queryset=first, to_attr="lead_images")


def with_lead_image(works: QuerySet[Artwork]) -> QuerySet[Artwork]:
    """What a card needs, in two queries however many works there are."""
    return works.select_related("collection").prefetch_related(lead_images())


def recent(user: User, count: int) -> QuerySet[Artwork]:
    """The newest works that have a picture."""
    return pictured(user).order_by("-pk")[:count]


def chance(user: User, newest_pk: int) -> Artwork | None:
    """A work with a picture to wander from, whichever comes first after a number drawn at random."""
    start = random.randint(1, max(newest_pk, 1))  # noqa: S311 - nothing hangs on it
    return pictured(user).filter(pk__gte=start).order_by("pk").first()


def pictured(user: User) -> QuerySet[Artwork]:
    has_picture = Exists(ArtworkImage.objects.filter(artwork=OuterRef("pk")))
    return visible_works(user).filter(has_picture).select_related("collection")


def fetch_lead_images(works: Sequence[Artwork]) -> None:
    """For works already at hand, in one query."""
    prefetch_related_objects(list(works), lead_images())


def counted_collections(user: User) -> QuerySet[Collection]:
    """Visible collections with `works_count`, the number of works in them that this user may see."""
    works = visible_works(user).filter(collection=OuterRef("pk")).order_by()
    count = works.values("collection").annotate(count=Count("pk")).values("count")
    return visible_collections(user).annotate(works_count=Coalesce(Subquery(count), 0))


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
