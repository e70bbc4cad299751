"""Show public pages: home and a work."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, QuerySet, When
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from collection import aliases, queries
from collection.browsing import colours, facets, kept_counts
from collection.browsing.counting import Totals
from collection.merging import relations
from collection.models import Artwork, ArtworkImage, Collection
from collection.permissions import User, is_curator, visible_collections, visible_works
from collection.views.fragments import Request, page_query, respond, target_of

RECENT_COUNT = 12
MORE_COUNT = 8  # most other works by a maker on the page of a work


@require_safe
def home(request: Request) -> HttpResponse:
    works = list(queries.recent(request.user, RECENT_COUNT))
    chance = queries.chance(request.user, works[0].pk) if works else None
    queries.fetch_lead_images([*works, *([chance] if chance else [])])
    totals = kept_counts.totals(visible_works(AnonymousUser()))
    context = {
        "works": works,
        "chance": chance,
        "colours": colours.choices([]),
        "timeline": facets.timeline(totals.by_century),
        "collections": counted_collections(request.user, totals),
    }
    return render(request, "collection/home.html", context)


def counted_collections(user: User, public: Totals) -> QuerySet[Collection]:
    """Return visible collections with `works_count`. Visitors get kept counts, as counting very many works is slow."""
    if user.is_authenticated:
        return queries.counted_collections(user)
    known = [When(pk=pk, then=number) for pk, number in public.by_collection.items()]
    return visible_collections(user).annotate(works_count=Case(*known, default=0))


@require_safe
def work(request: Request, pk: int) -> HttpResponse:
    """Show a work. ?view=<pk of a picture> shows another view; links keep the rest of the query string."""
    shown = queries.work_or_404(request.user, pk)
    views = queries.views_of(shown, request.user)
    asked = request.GET.get("view", "")
    image = next((view for view in views if str(view.pk) == asked), views[0] if views else None)
    is_fragment = target_of(request) == "viewer"
    query = page_query(request)
    if is_fragment and image:
        query["view"] = str(image.pk)
    previous, following = queries.neighbours(request.user, shown)
    context = {
        "work": shown,
        "views": [(view, address(shown, query, view)) for view in views],
        "image": image,
        "page_query": query,
        "is_fragment": is_fragment,
        "previous": previous,
        "following": following,
        "is_curator": is_curator(request.user, shown.collection),
    }
    if not is_fragment:
        context |= links_of(shown, request.user)
        return respond(request, "collection/work.html", context)
    answer = respond(request, "collection/_viewer.html", context)
    return push_url(answer, address(shown, query, image)) if image else answer


@require_safe
def more_by_makers(request: Request, pk: int) -> HttpResponse:
    """Return the section with other works by the makers of a work, for the end of its page."""
    work = queries.work_or_404(request.user, pk)
    others = queries.more_by_makers(request.user, work, MORE_COUNT)
    return render(request, "collection/_more_by_makers.html", {"work": work, "more_by_makers": others})


def links_of(work: Artwork, user: User) -> dict[str, Any]:
    """Return the records that were merged into a work from queries.work_or_404, and the works related to it."""
    if not getattr(work, "is_linked", True):
        return {}
    merged = list(aliases.aliases_of(work))
    return {"merged": merged, "related": relations.related_to(work, merged, user)}


def address(work: Artwork, query: QueryDict, view: ArtworkImage) -> str:
    """Return the address of the work's page with another view and the same query string otherwise."""
    other = query.copy()
    other["view"] = str(view.pk)
    return f"{work.get_absolute_url()}?{other.urlencode()}"
