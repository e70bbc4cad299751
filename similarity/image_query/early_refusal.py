"""Refuse searches over the limits before their form is read, so that a flood of them needs little time."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware

from collection.clients import client_of
from collection.views.fragments import Request
from similarity.image_query import client_limits, image_query_views, searches

PAGE = "search-picture"  # the URL name of the page's view, and of the API's
API = "search_picture"
CHUNK_BYTES = 2**16


class OriginCheck(CsrfViewMiddleware):
    """The check of the Origin header by Django's CSRF middleware, alone. It reads no body."""

    def fails(self, request: Request) -> bool:
        """Return True if the CSRF middleware refuses a POST because another site sent it. Browsers name that site.

        Sec-Fetch-Site is not used: CSRF does not refuse by it, so any program could avoid the limits by this header.
        """
        return "Origin" in request.headers and not self._origin_verified(request)  # type: ignore[attr-defined]  # not in the stubs


class RefuseFrequentSearches:
    """Refuse a search by picture that cannot begin, by the limits or because Redis does not answer."""

    def __init__(self, get_response: Callable[[Request], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.origin_check = OriginCheck(get_response)  # type: ignore[arg-type]  # a Request is an HttpRequest

    def __call__(self, request: Request) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: Request, view: Callable[..., Any], *_: Any) -> HttpResponse | None:
        """Count a search that begins. This runs before the CSRF middleware reads the body to find a token.

        A form that another site sent is left to the CSRF middleware, so that no site can use up its visitors' searches.
        """
        name = request.resolver_match.url_name if request.resolver_match else None
        if request.method != "POST" or name not in (PAGE, API):
            return None
        if not getattr(view, "csrf_exempt", False) and self.origin_check.fails(request):
            return None
        try:
            searches.admit(client_of(request))
        except (client_limits.TooManySearchesError, searches.SearchUnavailableError) as error:
            drop_body(request)
            return image_query_views.refuse(request, error) if name == PAGE else refuse_program(error)
        return None


def refuse_program(error: searches.CannotBeginError) -> JsonResponse:
    """Return the refusal as JSON, for a program that calls the API."""
    if not isinstance(error, client_limits.TooManySearchesError):
        return JsonResponse({"detail": str(error)}, status=503)
    return JsonResponse({"detail": str(error)}, status=429, headers={"Retry-After": str(error.retry_after_s)})


def drop_body(request: Request) -> None:
    """Read the body and discard it. A proxy that cannot send all of it reports a failure instead of the answer."""
    while request.read(CHUNK_BYTES):
        pass
