"""Read-only queries of pages: works with their pictures, recent works, neighbours in a collection."""

import random
from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.db.models.expressions import Combinable
from django.db.models.functions import Abs, Coalesce
from django.http import Http404

from collection import aliases
from collection.jobs import job_queue
from collection.models import UNKNOWN_MAKER, Artwork, ArtworkImage, Collection, Job, WorkRelation
from collection.permissions import (
    User,
    granted_pictures,
    visible,
    visible_collections,
    visible_images,
    visible_pictures,
    visible_works,
)

CANDIDATES_LIMIT = 2_000  # works of a maker that are sorted by their years


def images() -> QuerySet[ArtworkImage]:
    """Return pictures with `preparation`, the state of the job that makes their derivatives."""
    made = Job.objects.filter(image=OuterRef("pk"), key=job_queue.DERIVATIVES)
    return ArtworkImage.objects.annotate(preparation=Subquery(made.values("state")[:1]))


def lead_images() -> Prefetch:
    """Prefetch the first view of each work as `lead_images`, a list of one or none, for Artwork.lead_image."""
    first = images().order_by("artwork_id", "position").distinct("artwork_id")
    return Prefetch("images", queryset=first, to_attr="lead_images")


def with_lead_image(works: QuerySet[Artwork]) -> QuerySet[Artwork]:
    """Fetch the data for the cards of works, in two queries for any number of works."""
    return works.select_related("collection").prefetch_related(lead_images())


def recent(user: User, count: int) -> QuerySet[Artwork]:
    """Return the newest works that have a picture."""
    return pictured(user).order_by("-pk")[:count]


def chance(user: User, newest_pk: int) -> Artwork | None:
    """Return a random work with a picture: the first one at or after a random primary key."""
    start = random.randint(1, max(newest_pk, 1))  # noqa: S311 - not used for security
    return pictured(user).filter(pk__gte=start).order_by("pk").first()


def pictured(user: User) -> QuerySet[Artwork]:
    has_picture = Exists(ArtworkImage.objects.filter(artwork=OuterRef("pk")))
    return visible_works(user).filter(has_picture).select_related("collection")


def fetch_lead_images(works: Sequence[Artwork]) -> None:
    """Fetch the first views of works that were read before. One query."""
    prefetch_related_objects(list(works), lead_images())


def counted_collections(user: User) -> QuerySet[Collection]:
    """Return visible collections with `works_count`, the number of their works that this user may see."""
    works = visible_works(user).filter(collection=OuterRef("pk")).order_by()
    count = works.values("collection").annotate(count=Count("pk")).values("count")
    return visible_collections(user).annotate(works_count=Coalesce(Subquery(count), 0))


def work_or_404(user: User, pk: int) -> Artwork:
    """Return a work that this user may see, or of which the user needs a picture for a task, with `is_linked`.

    is_linked: whether it has aliases or relations, which most works have not, so that pages of others need no query.
    Raise WorkMergedError for an alias of a work that the user may see, else Http404.
    """
    works = Artwork.objects.select_related("collection").annotate(is_linked=is_linked()).filter(pk=pk)
    if work := works.filter(visible(user)).first():
        return work
    aliases.follow(user, pk)
    if work := works.filter(Exists(ArtworkImage.objects.filter(granted_pictures(user), artwork=pk))).first():
        return work
    raise Http404


def is_linked() -> Combinable:
    """Return an expression: whether records were merged into a work, or works are related to it."""
    work, relations = OuterRef("pk"), WorkRelation.objects
    merged = Artwork.objects.filter(merged_into=work)
    return Exists(merged) | Exists(relations.filter(from_work=work)) | Exists(relations.filter(to_work=work))


def listed_or_404(works: QuerySet[Artwork], user: User, pk: int) -> Artwork:
    """Return one of these works, all of which the user may see. Raise WorkMergedError or Http404, as above."""
    if work := works.filter(pk=pk).first():
        return work
    aliases.follow(user, pk)
    raise Http404


def views_of(work: Artwork, user: User) -> list[ArtworkImage]:
    """Return the pictures of a work that this user may see, in order; if there are none, those needed for a task."""
    of_work = images().filter(artwork=work).order_by("position")
    return list(of_work.filter(visible_pictures(user))) or list(of_work.filter(granted_pictures(user)))


def views(user: User) -> Prefetch:
    """Return a prefetch of the pictures that this user may see, as `images` of each work."""
    return Prefetch("images", queryset=visible_images(user))


def neighbours(user: User, work: Artwork) -> tuple[int | None, int | None]:
    """Return the primary keys of the works before and after this one in its collection. One query."""
    around = visible_works(user).filter(collection=work.collection_id).values_list("pk", flat=True)
    before = around.filter(pk__lt=work.pk).order_by("-pk")[:1]
    after = around.filter(pk__gt=work.pk).order_by("pk")[:1]
    found = sorted(before.union(after, all=True))
    previous = next((pk for pk in found if pk < work.pk), None)
    return previous, next((pk for pk in found if pk > work.pk), None)


def more_by_makers(user: User, work: Artwork, count: int) -> list[Artwork]:
    """Return other works by a maker of this work, the nearest in time first. Two queries, none without a maker.

    Of a maker of very many works, such as a workshop, only CANDIDATES_LIMIT are compared by their years.
    """
    makers = [name for name in work.creators if name != UNKNOWN_MAKER]
    if not makers:
        return []
    candidates = visible_works(user).filter(creators__overlap=makers).exclude(pk=work.pk).order_by()
    others = with_lead_image(Artwork.objects.filter(pk__in=candidates.values("pk")[:CANDIDATES_LIMIT]))
    year = work.year_start or work.year_end
    near = [Abs(Coalesce("year_start", "year_end") - year).asc(nulls_last=True)] if year else []
    return list(others.order_by(*near, "pk")[:count])


def in_order(user: User, ids: Sequence[int]) -> list[Artwork]:
    """Return the works with these primary keys that the user may see, each once, in this order."""
    found = with_lead_image(visible_works(user)).in_bulk(list(ids))
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]
