"""Similar works, and the least alike, of one work, through one lens or several."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from collection import permissions
from collection.models import Artwork
from collection.views.fragments import Request, page_query, respond, target_of
from similarity import kin, lens_forms, spaces
from similarity.lens_forms import Choice
from similarity.models import Space
from similarity.vision.lenses import LENSES, Lens

SHOWN = 12
PANEL = "similar"  # the element that htmx fills
FORM = "blend"
LOAD_THEMSELVES = {"kin-panel", "kin-waits"}  # ids of what asks without being touched: the address stays as it is


@dataclass(frozen=True)
class Tab:
    """A lens that is offered, and what it shows."""

    lens: Lens
    address: str
    is_chosen: bool
    share: float  # 0..100, for the blend


@require_safe
def similar(request: Request, pk: int) -> HttpResponse:
    """A fragment for the work page; a page of its own where there is no JavaScript.

    ?lens=colour or ?look=70&colour=30 say how to look, ?within=collection where.
    """
    work = get_object_or_404(permissions.visible_works(request.user).select_related("collection"), pk=pk)
    live = spaces.live_spaces()
    choice = chosen(request, live).beside(page_query(request).get("view", ""))
    scope = work.collection if choice.is_within else None
    found = kin.similar(work, request.user, SHOWN, blend=choice.shares, collection=scope, live=live)
    own = reverse("similar", args=[work.pk])
    context = {
        "work": work,
        "kin": found,
        "choice": choice,
        "tabs": tabs(live, choice, own),
        "here": own + choice.query,
        "everywhere": own + choice.within(False).query,
        "within": own + choice.within(True).query,
        "is_fragment": target_of(request) == PANEL,
        "is_own_page": is_on(request, own),
        "is_blending": choice.is_blend or request.htmx.trigger == FORM,
    }
    if not context["is_fragment"]:
        return respond(request, "similarity/similar.html", context)
    response = respond(request, "similarity/_similar.html", context)
    is_asked_for = request.htmx.trigger not in LOAD_THEMSELVES
    return push_url(response, page_address(request, work, choice)) if is_asked_for else response


@require_safe
def dissimilar(request: Request, pk: int) -> HttpResponse:
    """?lens=colour; the opposite of a blend is not asked for, as one lens leads it. The way back keeps the blend."""
    work = get_object_or_404(permissions.visible_works(request.user), pk=pk)
    live = spaces.live_spaces()
    asked = chosen(request, live)
    choice = asked.through(asked.lens.name) if asked.lens else asked
    found = kin.dissimilar(work, request.user, SHOWN, lens=choice.lens.name, live=live) if choice.lens else None
    own = reverse("dissimilar", args=[work.pk])
    context = {"work": work, "kin": found, "asked": asked, "choice": choice, "tabs": tabs(live, choice, own)}
    return render(request, "similarity/dissimilar.html", context)


def chosen(request: Request, live: Sequence[Space]) -> Choice:
    """Raises Http404 for a lens that there is not."""
    try:
        return lens_forms.read(request.GET, [space.lens for space in live])
    except lens_forms.UnknownLensError as error:
        raise Http404(str(error)) from None


def tabs(live: Sequence[Space], choice: Choice, address: str) -> list[Tab]:
    names = [space.lens for space in live]
    return [
        Tab(
            LENSES[name],
            address + choice.through(name).query,
            list(choice.shares) == [name],
            choice.shares.get(name, 0),
        )
        for name in names
    ]


def page_address(request: Request, work: Artwork, choice: Choice) -> str:
    """Of the page that the panel lies in, as it must read so that reload and Back show the same again."""
    own = reverse("similar", args=[work.pk])
    return (own if is_on(request, own) else work.get_absolute_url()) + choice.query


def is_on(request: Request, path: str) -> bool:
    """Whether htmx asks from the page at this path."""
    try:
        return urlsplit(request.htmx.current_url or "").path == path
    except ValueError:  # no address at all, which no browser sends
        return False
