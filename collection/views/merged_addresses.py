"""Redirect the addresses of an alias to those of the work that it was merged into."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from collection.aliases import WorkMergedError

READING = ("GET", "HEAD")


class FollowMerges:
    """A middleware that answers WorkMergedError by a redirect. It is a temporary one, because a merge can be undone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, WorkMergedError):
            return None
        if request.method in READING:
            return HttpResponseRedirect(same_address(request, error))
        nothing = gettext("Nothing was changed.")
        messages.warning(request, f"{error} {nothing}")
        return redirect(error.kept)


def same_address(request: HttpRequest, error: WorkMergedError) -> str:
    """Return the address of the request with the kept work instead of the alias, and the same query string."""
    match = request.resolver_match
    assert match is not None  # a view raised the error
    alias, kept_pk = str(error.alias.pk), str(error.kept.pk)  # addresses of the API keep numbers as texts
    kept = {name: kept_pk if str(value) == alias else value for name, value in match.kwargs.items()}
    address = reverse(match.view_name, kwargs=kept)
    query = request.META.get("QUERY_STRING", "")
    return f"{address}?{query}" if query else address
