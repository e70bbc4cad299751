"""Search by a visitor's picture: sent once, waited for, shown; never kept."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from collection import imaging
from collection.views.fragments import Request
from similarity import kin, picture_search
from similarity.forms import PictureForm
from similarity.models import Space

SHOWN = 24


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: Request) -> HttpResponse:
    form = PictureForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        picture = form.cleaned_data["picture"]
        try:
            imaging.check_size(picture.size, picture_search.limits())  # before it is read into memory
            return redirect("search-picture-results", picture_search.ask(picture.read()))
        except (imaging.Refused, picture_search.SearchUnavailableError) as error:
            form.add_error("picture", str(error))
    status = 422 if form.errors else 200
    return render(request, "similarity/picture_search.html", {"form": form}, status=status)


@require_safe
def results(request: Request, token: str) -> HttpResponse:
    """A waiting answer is a fragment that asks again by htmx; the page reloads where there is no JavaScript."""
    try:
        answer = picture_search.look_up(token)
    except picture_search.SearchUnavailableError as error:
        answer = picture_search.Answer("refused", reason=str(error))
    context = {"answer": answer, "kin": shown(request, answer)}
    template = "similarity/_picture_results.html" if request.htmx else "similarity/picture_results.html"
    return render(request, template, context)


def shown(request: Request, answer: picture_search.Answer) -> list[kin.Kin]:
    if answer.vector is None:
        return []
    space = get_object_or_404(Space, pk=answer.space_id)
    return kin.nearest(space, answer.vector, request.user, SHOWN)
