"""Similar works, and the least alike, of one work."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from collection import permissions
from collection.views.fragments import Request
from similarity import kin

SHOWN = 12


@require_safe
def similar(request: Request, pk: int) -> HttpResponse:
    """A fragment for the work page; a page of its own where there is no JavaScript. ?within=collection narrows it."""
    work = get_object_or_404(permissions.visible_works(request.user).select_related("collection"), pk=pk)
    is_within = request.GET.get("within") == "collection"
    found = kin.similar(work, request.user, SHOWN, collection=work.collection if is_within else None)
    template = "similarity/_similar.html" if request.htmx else "similarity/similar.html"
    response = render(request, template, {"work": work, "kin": found, "is_within": is_within})
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def dissimilar(request: Request, pk: int) -> HttpResponse:
    work = get_object_or_404(permissions.visible_works(request.user), pk=pk)
    context = {"work": work, "kin": kin.dissimilar(work, request.user, SHOWN)}
    return render(request, "similarity/dissimilar.html", context)
