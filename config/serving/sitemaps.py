"""The sitemap for search engines: the main pages, the collections and the works that everybody may see.

/sitemap.xml lists its parts. A part has the works whose primary keys are in one range, so the last part of a million
works is read as fast as the first. See https://www.sitemaps.org/protocol.html.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import QuerySet
from django.urls import reverse

from collection.models import Artwork, Collection
from collection.permissions import visible_collections, visible_works
from similarity.templatetags import overview_tags

RANGE = 10_000  # primary keys of a part


@dataclass(frozen=True)
class Part:
    object_list: Iterable[Artwork]


class Ranges:
    """What django.contrib.sitemaps asks of a paginator. Each page has the works of one range of primary keys."""

    def __init__(self, works: QuerySet[Artwork]) -> None:
        self.works = works.only("pk")

    @cached_property
    def num_pages(self) -> int:
        last = self.works.order_by("-pk").values_list("pk", flat=True).first()
        return 1 + (last or 0) // RANGE

    def page(self, number: int | str) -> Part:
        """Return the works of a page. Raise EmptyPage or PageNotAnInteger."""
        try:
            place = int(number) - 1
        except ValueError as error:
            raise PageNotAnInteger(str(error)) from None
        if not 0 <= place < self.num_pages:
            raise EmptyPage
        return Part(self.works.filter(pk__gte=place * RANGE, pk__lt=(place + 1) * RANGE).order_by("pk"))


class Works(Sitemap):
    @property
    def paginator(self) -> Any:
        return Ranges(visible_works(AnonymousUser()))


class Collections(Sitemap):
    def items(self) -> QuerySet[Collection]:
        return visible_collections(AnonymousUser()).order_by("pk")


class MainPages(Sitemap):
    """Pages by their names, those of groups and map only where there are some."""

    def items(self) -> list[str]:
        live = overview_tags.last_read.renewed()
        return ["home", "browse", "paths", *["groups"][: live.has_groups], *["map"][: live.has_map]]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS: dict[str, type[Sitemap]] = {"pages": MainPages, "collections": Collections, "works": Works}
