"""Show the most and the least similar works of one work, by one lens or a blend."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from collection import permissions, queries
from collection.models import Artwork, Collection
from collection.views.fragments import Request, ids_in, page_query, respond, target_of
from similarity.models import Space
from similarity.neighbours import curated_lists, lens_forms, narrow_control, similar_works
from similarity.neighbours.lens_forms import Choice
from similarity.spaces import lifecycle
from similarity.vision.lenses import LENSES, Lens

SHOWN = 12
SEEN_LIMIT = 30  # most works of a visitor's trail
PANEL = "similar"  # the element that htmx fills
FORM = "blend"
SELF_LOADING = {"kin-panel", "kin-waits"}  # ids of elements that load by themselves: the address stays as it is


@dataclass(frozen=True)
class Tab:
    """A lens that is offered, with the address of the list by that lens."""

    lens: Lens
    address: str
    is_chosen: bool
    share: float  # 0..100, for the blend


@require_safe
def similar(request: Request, pk: int) -> HttpResponse:
    """Show the panel of similar works: a fragment for htmx, or a page of its own for browsers without scripts.

    ?lens=colour or ?look=70&colour=30 chooses the lenses, ?within=collection the scope, ?view=7 the work's picture.
    """
    work = queries.work_or_404(request.user, pk)
    live = lifecycle.live_spaces()
    choice = choice_of(request, live)
    if narrow_control.is_values(target_of(request)):
        scope = work.collection if choice.is_within else None
        return narrow_values(request, choice, reverse("similar", args=[pk]), scope)
    context = panel(request, work, choice, live)
    if not context["is_fragment"]:
        return respond(request, "similarity/similar.html", context)
    response = respond(request, "similarity/_similar.html", context)
    return response if is_self_loading(request) else push_url(response, page_address(request, work, choice))


def panel(request: Request, work: Artwork, choice: Choice, live: Sequence[Space]) -> dict[str, Any]:
    """Return the context of similarity/_similar.html for a work."""
    lens_queries = similar_works.queries_of(work, choice.shares, live, choice.view)
    scope = work.collection if choice.is_within else None
    curation = curated_lists.curation_of(work)
    is_curator = permissions.is_curator(request.user, work.collection)
    own = reverse("similar", args=[work.pk])
    seen = seen_before(request, work)
    kin = similar_works.curated(
        work, curation, lens_queries, request.user, SHOWN, collection=scope, narrow=choice.narrow, seen=seen
    )
    if seen and len(kin) < SHOWN:  # in a small collection, works seen before are better than none
        seen = []
        kin = similar_works.curated(
            work, curation, lens_queries, request.user, SHOWN, collection=scope, narrow=choice.narrow
        )
    return {
        "work": work,
        "kin": kin,
        "without_seen": len(seen),
        "is_waiting": not lens_queries,
        "is_curator": is_curator,
        "bans": curated_lists.banned(work, request.user) if is_curator and curation.bans else [],
        "about": picture_of(work, choice, lens_queries),
        "choice": choice,
        "tabs": tabs(live, choice, own),
        "narrow": narrow_control.control(request, choice, own, scope),
        "own": own,
        "here": own + choice.query,
        "everywhere": own + choice.with_scope(False).query,
        "within": own + choice.with_scope(True).query,
        "is_fragment": target_of(request) == PANEL,
        "is_own_page": is_on(request, own),
        "is_blending": choice.is_blend or choice.is_zero or request.htmx.trigger == FORM,
    }


def narrow_values(request: Request, choice: Choice, own: str, scope: Collection | None) -> HttpResponse:
    """Return the values of one facet that contain the typed text."""
    control = narrow_control.control(request, choice, own, scope)
    return respond(request, narrow_control.VALUES, control.values(target_of(request)))


def seen_before(request: Request, work: Artwork) -> list[int]:
    """Return the ids of other works that the visitor has seen: ?seen=7,12,9, at most SEEN_LIMIT."""
    return [pk for pk in ids_in(request.GET.get("seen", ""), SEEN_LIMIT) if pk != work.pk]


@require_safe
def dissimilar(request: Request, pk: int) -> HttpResponse:
    """Show the least similar works by one lens, with the chosen facets. Of a blend, use the largest share.

    Links back to the similar works keep the blend.
    """
    work = queries.work_or_404(request.user, pk)
    live = lifecycle.live_spaces()
    asked = choice_of(request, live)
    own = reverse("dissimilar", args=[work.pk])
    if narrow_control.is_values(target_of(request)):
        return narrow_values(request, asked, own, None)
    choice = asked.with_lens(asked.lens.name) if asked.lens else asked
    lens_queries = similar_works.queries_of(work, choice.shares, live, choice.view)
    context = {
        "work": work,
        "kin": farthest(request, work, lens_queries, choice) if lens_queries else None,
        "about": picture_of(work, choice, lens_queries),
        "asked": asked,
        "choice": choice,
        "tabs": tabs(live, choice, own),
        "narrow": narrow_control.control(request, asked, own, None),
        "own": own,
        "same_kind": same_kind(work, asked),
    }
    return respond(request, "similarity/dissimilar.html", context)


def same_kind(work: Artwork, choice: Choice) -> str:
    """Return the query of the least similar works of this work's classification, or "" without one or if narrowed."""
    if not work.classification or choice.narrow:
        return ""
    return choice.with_narrow({"classification": work.classification}).query


def farthest(
    request: Request, work: Artwork, lens_queries: Sequence[similar_works.Query], choice: Choice
) -> list[similar_works.SimilarWork]:
    return similar_works.farthest(lens_queries[0], request.user, SHOWN, narrow=choice.narrow, but=work)


def choice_of(request: Request, live: Sequence[Space]) -> Choice:
    """Return the visitor's choice. The view is that of the page's address, as links in the panel may be older.

    If the panel loads by itself, such as beside another view, everything is read from the page's address.
    """
    page = page_query(request)
    fields = page if is_self_loading(request) else request.GET
    return lens_forms.read(fields, [space.lens for space in live]).with_view(page.get("view", ""))


def is_self_loading(request: Request) -> bool:
    return request.htmx.trigger in SELF_LOADING


def picture_of(work: Artwork, choice: Choice, lens_queries: Sequence[similar_works.Query]) -> str:
    """Return a sentence on which picture of the work is compared, or "" if the work has only one."""
    pictures = list(work.images.order_by("position").values_list("pk", "view_label"))
    if len(pictures) < 2 or not lens_queries:
        return ""
    names = {str(pk): view_name(number, len(pictures), label) for number, (pk, label) in enumerate(pictures, start=1)}
    compared = str(lens_queries[0].image_id)
    if choice.view in names and choice.view != compared:
        sentence = gettext("%(missing)s has not been compared with other works yet; %(compared)s is compared instead.")
        return sentence % {"missing": capfirst(names[choice.view]), "compared": names[compared]}
    return gettext("Compared by %(view)s.") % {"view": names[compared]} if compared in names else ""


def view_name(number: int, count: int, label: str) -> str:
    """Return for example "view 2 of 3 (verso)"."""
    name = gettext("view %(number)s of %(count)s") % {"number": number, "count": count}
    return f"{name} ({label})" if label else name


def tabs(live: Sequence[Space], choice: Choice, address: str) -> list[Tab]:
    """Return a tab for each live space."""
    names = [space.lens for space in live]
    return [
        Tab(
            LENSES[name],
            address + choice.with_lens(name).query,
            list(choice.shares) == [name],
            0 if choice.is_zero else choice.shares.get(name, 0),
        )
        for name in names
    ]


def page_address(request: Request, work: Artwork, choice: Choice) -> str:
    """Return the address for the page around the panel, so that reload and Back show the same list again."""
    own = reverse("similar", args=[work.pk])
    return (own if is_on(request, own) else work.get_absolute_url()) + choice.query


def is_on(request: Request, path: str) -> bool:
    """Return True if the request of htmx comes from the page at this path."""
    try:
        return urlsplit(request.htmx.current_url or "").path == path
    except ValueError:  # not a URL; no browser sends this
        return False
