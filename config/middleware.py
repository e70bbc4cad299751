"""What is done to every request before a view sees it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

MIB = 2**20
FORM_MIB = 1  # beside the picture: the words around it and the form's other fields
UNLIMITED_HERE = "upload"  # curators send many pictures at once; that view has a limit of its own


class RefuseLargeBodies:
    """Answers 413, before the body is read, to what is larger than the largest thing a visitor may send.

    Without it whoever likes could fill the disk: files go to disk as they arrive, and only then are measured.
    A body of unstated length needs no limit, as Django reads none of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Runs before that of the middleware which looks for a token in the body."""
        match = request.resolver_match
        limit_mib = settings.KINDRED_SEARCH_LIMIT_MIB
        if match is None or match.view_name == UNLIMITED_HERE or body_size(request) <= (limit_mib + FORM_MIB) * MIB:
            return None
        sentence = f"This is more than can be sent at once; at most {limit_mib} MiB are accepted."
        if "ninja" in match.app_names:
            return JsonResponse({"detail": sentence}, status=413)
        return HttpResponse(sentence + "\n", status=413, content_type="text/plain; charset=utf-8")


def body_size(request: HttpRequest) -> int:
    """In bytes, as the client states it; 0 where it states nothing that makes sense, and Django then reads nothing."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
