"""Show the page Browse, suggestions while a visitor types, and a collection."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import push_url, replace_url

from collection import aliases
from collection.browsing import colours, facets, finding, orders, paging
from collection.browsing.filters import Filters
from collection.browsing.finding import Found
from collection.browsing.text import highlighting, query_text, suggestions
from collection.desk.record_forms import BrowseForm
from collection.imaging.palette.colour_cells import TOLERANCES
from collection.models import Artwork
from collection.permissions import visible_collections, visible_works
from collection.views.fragments import Request, page_query, respond, target_of

AUTOMATIC_PAGES = 4  # that a page of works grows to by itself; then a button, so that the footer can be reached


@require_safe
def browse(request: Request) -> HttpResponse:
    """Show a page of works. For htmx, return more works (#works), other results, or the values of one facet."""
    form = BrowseForm(request.GET)
    filters = form.filters()
    if any(letter.isdigit() for letter in filters.q):
        filters = replace(filters, kept=tuple(aliases.kept_for_number(request.user, filters.q)))
    works = visible_works(request.user)
    if form.refusal():
        return refuse(request, form, filters)
    if target_of(request) == "works":
        return more_works(request, works, form, finding.continued(works, filters))
    asked = facets.named_by(target_of(request))
    found = finding.find(works, filters, form.finds(), only=asked, are_public=not request.user.is_authenticated)
    shown = facets.facets(found.counts, found.typed, form.finds())
    for facet in shown:
        if facet.name == asked:
            return respond(request, "collection/_facet_values.html", {"facet": facet})
    context = found_context(form, found, shown) | {"page": page_of(works, form, found.filters)}
    context["loads_itself"] = loads_itself(request, form.page_count())
    if target_of(request) == "results":
        answer = respond(request, "collection/_browse_answer.html", context)
        return push_url(answer, reverse("browse") + filters.address())
    return respond(request, "collection/browse.html", context)


def refuse(request: Request, form: BrowseForm, filters: Filters) -> HttpResponse:
    """Return the page without works, with a sentence that states why the text cannot be searched for."""
    years = [form["year_from"], form["year_to"]]
    context = {"form": form, "years": years, "filters": filters, "refusal": form.refusal(), "typed": form.data.get("q")}
    return respond(request, f"collection/{'_results' if target_of(request) else 'browse'}.html", context)


def found_context(form: BrowseForm, found: Found, shown: list[facets.Facet]) -> dict[str, Any]:
    return {
        "form": form,
        "years": [form["year_from"], form["year_to"]],
        "found": found,
        "filters": found.typed,
        "orders": orders.options(found.filters, is_ranked=found.is_ranked),
        "counts": found.counts,
        "facets": shown,
        "colours": colours.choices(found.typed.colours),
        "tolerances": [(name, name == (found.typed.tolerance or colours.DEFAULT_TOLERANCE)) for name in TOLERANCES],
        "chips": facets.chips(found.typed, shown),
        "is_continued": form.after_pk() is not None,
    }


def page_of(works: QuerySet[Artwork], form: BrowseForm, filters: Filters) -> paging.Page:
    page = paging.page(works, filters, form.after_pk(), form.page_count())
    if filters.q:
        highlighting.mark_hits(page.works, query_text.parse(filters.q))
    return page


def more_works(request: Request, works: QuerySet[Artwork], form: BrowseForm, filters: Filters) -> HttpResponse:
    """Return the works that follow. The address of the page changes too, so that Back shows them again."""
    after = form.after_pk()
    shown = BrowseForm(page_query(request))  # the filters of the current page
    shown.is_valid()
    context = {
        "page": page_of(works, form, filters),
        "loads_itself": loads_itself(request, shown.page_count() + 1),
    }
    answer = respond(request, "collection/_more.html", context)
    return replace_url(answer, request.path + paging.continued(filters, shown.after_pk(), shown.page_count(), after))


def loads_itself(request: Request, pages: int) -> bool:
    """Return True if works load when the end of so many pages of works is seen. Browsers that save data wait."""
    return pages < AUTOMATIC_PAGES and request.headers.get("Save-Data", "").lower() != "on"


@require_safe
def suggest(request: Request) -> HttpResponse:
    """Return suggestions while a text is typed, as options of a list. They come from works that this user may see."""
    form = BrowseForm({"q": request.GET.get("q", "")})
    text = form.filters().q
    found = suggestions.suggest(visible_works(request.user), query_text.parse(text)) if text else []
    return respond(request, "collection/_suggestions.html", {"suggestions": found})


@require_safe
def collection(request: Request, slug: str) -> HttpResponse:
    shown = get_object_or_404(visible_collections(request.user), slug=slug)
    form = BrowseForm({name: request.GET.get(name, "") for name in ("after", "pages")})
    filters = form.filters()
    works = visible_works(request.user).filter(collection=shown)
    if target_of(request) == "works":
        return more_works(request, works, form, filters)
    context = {
        "collection": shown,
        "page": paging.page(works, filters, form.after_pk(), form.page_count()),
        "count": works.count(),
        "browse_url": reverse("browse") + Filters(chosen={"collection": (slug,)}).address(),
        "is_continued": form.after_pk() is not None,
        "loads_itself": loads_itself(request, form.page_count()),
    }
    return respond(request, "collection/collection.html", context)
