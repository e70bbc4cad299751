"""JSON about works and their pictures. An answer contains only what the user of the request may see."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from collection import permissions, queries
from collection.models import Artwork, ArtworkImage

router = Router(tags=["collection"])
PAGE_LIMIT = 100
SLUG = r"^[-a-zA-Z0-9_]+$"


class PictureOut(Schema):
    id: int
    view_label: str
    width_px: int
    height_px: int
    url: str = Field(description="WebP, at most 1200 px on the longer side")
    thumbnail_url: str = Field(description="WebP, at most 480 px on the longer side")

    @staticmethod
    def resolve_url(image: ArtworkImage) -> str:
        return image.large_url

    @staticmethod
    def resolve_thumbnail_url(image: ArtworkImage) -> str:
        return image.medium_url


class ArtworkOut(Schema):
    id: int
    accession_number: str
    collection: str = Field(description="slug of its collection")
    title: str
    creators: list[str]
    date: str = Field(alias="date_display")
    year_start: int | None
    year_end: int | None
    medium: str
    dimensions: str
    classification: str
    department: str
    culture: str
    credit_line: str
    rights: str = Field(alias="shown_rights_uri", description="URI of a licence or rights statement, or empty")
    source_url: str
    description: str
    url: str = Field(alias="get_absolute_url", description="path of the work's page")
    images: list[PictureOut]

    @staticmethod
    def resolve_collection(work: Artwork) -> str:
        return work.collection.slug

    @staticmethod
    def resolve_images(work: Artwork) -> list[Any]:
        return list(work.images.all())


class ArtworkPage(Schema):
    items: list[ArtworkOut]
    next_after: int | None = Field(description="pass as `after` for the next page; null on the last")


def works(request: HttpRequest) -> QuerySet[Artwork]:
    """Return the works that the user may see, with their collection and pictures prefetched."""
    works = permissions.visible_works(request.user).select_related("collection")
    return works.prefetch_related(queries.views(request.user))


@router.get("/artworks", response=ArtworkPage, by_alias=False, summary="Works, newest first")
def artworks(
    request: HttpRequest,
    collection: str | None = Query(None, pattern=SLUG, description="slug of a collection"),
    after: int | None = Query(None, description="id of the last work of the page before"),
    limit: int = Query(20, ge=1, le=PAGE_LIMIT),
) -> dict[str, Any]:
    page = works(request).order_by("-pk")
    if collection is not None:
        page = page.filter(collection__slug=collection)
    if after is not None:
        page = page.filter(pk__lt=after)
    items = list(page[: limit + 1])
    return {"items": items[:limit], "next_after": items[limit - 1].pk if len(items) > limit else None}


@router.get("/artworks/{work_id}", response=ArtworkOut, by_alias=False, summary="One work")
def artwork(request: HttpRequest, work_id: int) -> Artwork:
    """Return a work. The address of a record that was merged into another one redirects to that one."""
    return queries.listed_or_404(works(request), request.user, work_id)
