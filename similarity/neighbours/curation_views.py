"""Pin and ban neighbours in a work's list.

htmx gets the updated list. A browser without scripts is redirected to the page of similar works.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_POST

from collection import permissions
from collection.models import Artwork
from collection.views.fragments import Request, respond, target_of
from similarity.neighbours import curation
from similarity.neighbours.curation_forms import AddNeighbourForm
from similarity.neighbours.similar_views import PANEL, choice_of, panel
from similarity.spaces import lifecycle

ACTS: dict[str, Callable[[Artwork, Artwork, curation.Curator], None]] = {
    "pin": curation.pin,
    "ban": curation.ban,
    "unpin": partial(curation.withdraw, curation.Kind.PIN),
    "unban": partial(curation.withdraw, curation.Kind.BAN),
}
DONE = {
    "pin": gettext_noop("%(title)s is now shown first."),
    "ban": gettext_noop("%(title)s is no longer shown here."),
    "unpin": gettext_noop("%(title)s is no longer pinned."),
    "unban": gettext_noop("%(title)s can be shown here again."),
}
RACES = (curation.ContradictionError, curation.TooManyPinsError)  # conflicts with the list, in valid requests
NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True)
class Outcome:
    """The result of a request: a sentence in `done` or in `refusal`, for similarity/_similar.html."""

    done: str = ""
    refusal: str = ""
    acted_on: int | None = None  # the neighbour
    status: int = 200


@require_POST
def change(request: Request, pk: int, other: int, verb: str) -> HttpResponse:
    """Pin or ban a neighbour, or withdraw that. The query string holds the chosen lens, as in the panel's address."""
    work = curated_work(request, pk)
    neighbour = get_object_or_404(permissions.visible_works(request.user), pk=other)
    return answer(request, work, act(request, work, neighbour, verb))


@require_POST
def add(request: Request, pk: int) -> HttpResponse:
    """Pin a work that the list does not show, by its accession number or address."""
    work = curated_work(request, pk)
    form = AddNeighbourForm(request.POST, work, request.user)
    if form.is_valid():
        outcome = act(request, work, form.cleaned_data["work"], "pin")
    else:
        outcome = Outcome(refusal=str(form.errors["work"][0]), status=422)
    entered = {"is_adding": bool(outcome.refusal), "entered": form.data.get("work", "")}
    return answer(request, work, outcome, entered)


def curated_work(request: Request, pk: int) -> Artwork:
    """Raise Http404 if the user may not see the work, PermissionDenied (403) if the user may not curate it."""
    work = get_object_or_404(permissions.visible_works(request.user).select_related("collection"), pk=pk)
    permissions.require_curator(request.user, work.collection)
    return work


def act(request: Request, work: Artwork, neighbour: Artwork, verb: str) -> Outcome:
    """Carry out the verb. Return a sentence on what was done, or on why it was refused."""
    try:
        ACTS[verb](work, neighbour, request.user)
    except curation.CurationError as error:
        return Outcome(acted_on=neighbour.pk, refusal=str(error), status=409 if isinstance(error, RACES) else 422)
    return Outcome(acted_on=neighbour.pk, done=gettext(DONE[verb]) % {"title": neighbour.shown_title})


def answer(request: Request, work: Artwork, outcome: Outcome, more: Mapping[str, object] = NOTHING) -> HttpResponse:
    """Show the current list by the same lens, with the sentence on what was done or why it was refused."""
    live = lifecycle.live_spaces()
    choice = choice_of(request, live)
    if target_of(request) != PANEL:
        notify = messages.error if outcome.refusal else messages.success
        notify(request, outcome.refusal or outcome.done)
        return redirect(reverse("similar", args=[work.pk]) + choice.query)
    context = {**panel(request, work, choice, live), **asdict(outcome), **more}
    response = respond(request, "similarity/_similar.html", context)
    response.status_code = outcome.status
    return response
