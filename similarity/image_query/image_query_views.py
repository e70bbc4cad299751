"""Search by a visitor's picture or a detail of it. The picture is deleted after the search."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import push_url

from collection import imaging, permissions
from collection.clients import client_of
from collection.files import refusal_texts
from collection.views.fragments import Request, page_query, respond, target_of
from similarity.image_query import client_limits, found_works, searches
from similarity.image_query.answers import Answer
from similarity.image_query.picture_forms import PictureForm
from similarity.neighbours import lens_forms, narrow_control, similar_works
from similarity.neighbours.similar_views import FORM, tabs
from similarity.vision.lenses import LENSES

SHOWN = 24
ANSWER = "answer"  # the element that htmx fills
WAITS = "looking"  # the element that loads again by itself: the address stays as it is
FRAGMENT = "similarity/_picture_results.html"


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: Request) -> HttpResponse:
    """GET shows the form, POST starts a search. The address keeps the lens or blend from one search to the next."""
    query = lens_forms.read_search(page_query(request), list(LENSES)).query
    form = PictureForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        picture = form.cleaned_data["picture"]
        try:
            imaging.check_size(picture.size, searches.limits())  # before it is read into memory
            client = client_of(request)
            token = searches.ask(picture.read(), form.cleaned_data["crop"], request.user, client=client)
            return accepted(request, token, query)
        except (client_limits.TooManySearchesError, searches.SearchUnavailableError) as error:
            return refuse(request, error)
        except imaging.Refused as error:
            form.add_error(None, refusal_texts.translated(error))
    return form_page(request, form, query, 422 if form.errors else 200)


def refuse(request: Request, error: searches.CannotBeginError) -> HttpResponse:
    """Show why no search can begin now. This reads nothing of the request's body."""
    form = PictureForm({})
    form.full_clean()
    form.add_error(None, str(error))
    query = lens_forms.read_search(page_query(request), list(LENSES)).query
    if not isinstance(error, client_limits.TooManySearchesError):
        return form_page(request, form, query, 422)
    response = form_page(request, form, query, 429)
    response["Retry-After"] = str(error.retry_after_s)
    return response


def form_page(request: Request, form: PictureForm, query: str, status: int) -> HttpResponse:
    """Show the form. For htmx return only the refusal: a new form would lose the chosen file."""
    if target_of(request) == ANSWER:
        return render(request, FRAGMENT, {"answer": Answer("refused", form.refusal)}, status=status)
    return render(request, "similarity/picture_search.html", {"form": form, "query": query}, status=status)


def accepted(request: Request, token: str, query: str) -> HttpResponse:
    """Redirect to the results. For htmx return a fragment that waits for them, and give the page their address."""
    address = reverse("search-picture-results", args=[token]) + query
    if target_of(request) != ANSWER:
        return redirect(address)
    response = render(request, FRAGMENT, {"answer": Answer("waiting"), "address": address})
    response["HX-Push-Url"] = address
    return response


@require_safe
def results(request: Request, token: str) -> HttpResponse:
    """Show the results. While they wait, htmx loads the fragment again; without scripts the page reloads itself."""
    try:
        answer = searches.look_up(token)
    except searches.SearchUnavailableError as error:
        answer = Answer("refused", str(error))
    query = lens_forms.read_search(request.GET, list(LENSES)).query
    is_fragment = target_of(request) == ANSWER
    found = shown(request, answer)
    if "narrow" in found and narrow_control.is_values(target_of(request)):
        return respond(request, narrow_control.VALUES, found["narrow"].values(target_of(request)))
    context = {"address": request.path + query, "query": query, "is_fragment": is_fragment, "token": token} | found
    if not is_fragment:
        return respond(request, "similarity/picture_results.html", context)
    response = respond(request, FRAGMENT, context)
    is_self_loading = request.htmx.trigger == WAITS
    return response if is_self_loading else push_url(response, str(context["address"]))


@require_safe
@never_cache
def small_copy(request: Request, token: str) -> HttpResponse:
    """Return the small copy of the searched picture. Anyone with the token may see it, for ten minutes."""
    try:
        found = searches.copy_of(token)
    except searches.SearchUnavailableError as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    if found is None:
        raise Http404
    return HttpResponse(found, content_type="image/webp", headers={"Cache-Control": "private, no-store"})


def shown(request: Request, answer: Answer) -> dict[str, Any]:
    """Return the template context: similar works by the lens or blend of the address, and works in the photograph.

    ?lens=colour or ?look=70&colour=30 chooses the lenses, &collection=prints one collection that the visitor may see.
    Facets such as &culture=Japanese narrow the similar works, not what was recognised.
    """
    spaces = searches.spaces_of(answer)
    if not spaces:
        return {"answer": Answer("gone") if answer.state == "ready" else answer, "kin": []}
    collections = list(permissions.visible_collections(request.user))
    choice = lens_forms.read_search(request.GET, list(spaces))
    scope = next((one for one in collections if one.slug == choice.collection), None)
    choice = choice.with_collection(scope.slug if scope else "")
    photograph = found_works.places_of(answer, request.user, scope)
    lens_queries = [
        similar_works.Query(spaces[lens], answer.vectors[spaces[lens].pk], share)
        for lens, share in choice.shares.items()
    ]
    recognised = {work.pk for work in photograph.recognised} if photograph else set()
    alike = similar_works.nearest(
        lens_queries, request.user, SHOWN + len(recognised), collection=scope, narrow=choice.narrow
    )
    return {
        "answer": answer,
        "photograph": photograph,
        "kin": [one for one in alike if one.work.pk not in recognised][:SHOWN],
        "scope": scope,
        "collections": collections,
        "details": max(len(query.vectors) for query in lens_queries) - 1,
        "choice": choice,
        "query": choice.query,
        "own": request.path,
        "address": request.path + choice.query,
        "narrow": narrow_control.control(request, choice, request.path, scope),
        "tabs": tabs(list(spaces.values()), choice, request.path),
        "is_blending": choice.is_blend or choice.is_zero or request.htmx.trigger == FORM,
    }
