"""Show paths from one work to another, and let visitors choose the two works."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from collection import permissions, queries
from collection.browsing.text import query_text
from collection.desk.record_forms import BrowseForm
from collection.models import Artwork
from collection.views.fragments import Request, ids_in
from collection.views.work_lists import LIMIT
from similarity.groups.paths import chains, choosing
from similarity.groups.paths.chains import AVOIDED_LIMIT, Chain, Problem


@require_safe
def choose(request: Request) -> HttpResponse:
    """Let a visitor choose the works of a path, the first one first. ?from=7&to=9 leads to the path. ?q= searches."""
    start, end = asked_end(request, "from"), asked_end(request, "to")
    if start and end:
        return HttpResponseRedirect(reverse("path", args=[start.pk, end.pk]))
    form = BrowseForm({"q": request.GET.get("q", "")})
    text = form.filters().q
    works = choosing.matching(request.user, text) if text else []
    context = {
        "start": start,
        "text": text,
        "refusal": form.refusal(),
        "choices": choosing.choices(works, start),
        "random": random_address(start),
        "has_no_random": "none" in request.GET,
        "busy": str(Problem.BUSY) if "busy" in request.GET else "",
    }
    return render(request, "groups/paths.html", context)


@require_safe
def suggest(request: Request) -> HttpResponse:
    """Return works while a text is typed, as options of a list. ?from=7 is the work that was chosen first."""
    text = BrowseForm({"q": request.GET.get("q", "")}).filters().q
    start = choosing.end(request.user, request.GET.get("from", ""))
    found = choosing.suggested(request.user, query_text.parse(text), start) if text else []
    return render(request, "collection/_suggestions.html", {"suggestions": found})


@require_safe
def stored(request: Request) -> HttpResponse:
    """Return the works that the visitor's browser has stored as choices, as a fragment. ?works=7,12&from=9"""
    works = queries.in_order(request.user, ids_in(request.GET.get("works", ""), LIMIT))
    start = choosing.end(request.user, request.GET.get("from", ""))
    return render(request, "groups/_path_choices.html", {"choices": choosing.choices(works, start)})


@never_cache
@require_safe
def surprise(request: Request) -> HttpResponse:
    """Redirect to the path between two random works that are far apart. ?from=7 begins with this work."""
    start = asked_end(request, "from")
    try:
        ends, reason = chains.random_ends(request.user, start), "none"
    except chains.BusyError:
        ends, reason = None, "busy"
    if ends is None:
        chosen = {"from": start.pk} if start else {}
        return HttpResponseRedirect(f"{reverse('paths')}?{urlencode({**chosen, reason: ''})}")
    return HttpResponseRedirect(reverse("path", args=ends))


@require_safe
def path(request: Request, pk: int, other: int) -> HttpResponse:
    """Show the path between two works. ?without=7,12 avoids these works, so that another path is found."""
    visible = permissions.visible_works(request.user).select_related("collection")
    start, end = (queries.listed_or_404(visible, request.user, one) for one in (pk, other))
    avoided = [one for one in ids_in(request.GET.get("without", ""), AVOIDED_LIMIT) if one not in (pk, other)]
    chain = chains.find(request.user, start, end, avoided)
    queries.fetch_lead_images([start, end])
    context = {
        "start": start,
        "end": end,
        "chain": chain,
        "kin": [stop.step for stop in chain.stops if stop.step],
        "is_other": bool(avoided),
        "has_jump": any(stop.step and not stop.step.nearness for stop in chain.stops),
        "another": another(chain, avoided),
        "trail": ",".join(str(work.pk) for work in chain.works),
        "random": random_address(None),
    }
    response = render(request, "groups/path.html", context)
    if chain.problem == Problem.BUSY:
        response.status_code, response["Retry-After"] = 503, str(chains.RETRY_S)
    return response


def another(chain: Chain, avoided: list[int]) -> str:
    """Return the query of a path that avoids the works between the ends too, or "" if no further path is offered."""
    ids = [*avoided, *(work.pk for work in chain.between)]
    return f"?without={','.join(map(str, ids))}" if chain.between and len(ids) <= AVOIDED_LIMIT else ""


def random_address(start: Artwork | None) -> str:
    return reverse("path-surprise") + (f"?from={start.pk}" if start else "")


def asked_end(request: Request, field: str) -> Artwork | None:
    """Return the work that a field of the address names, or None without the field. Raise Http404 if it is hidden."""
    text = request.GET.get(field, "")
    work = choosing.end(request.user, text)
    if text and work is None:
        raise Http404
    return work
