"""Pages that htmx asks for in parts."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request as django_htmx.middleware hands it on."""

    htmx: HtmxDetails


def target_of(request: Request) -> str:
    """The id of the element that htmx will fill; empty for a whole page, also when htmx restores its history."""
    if not request.htmx or request.htmx.history_restore_request:
        return ""
    return request.htmx.target or ""


def page_query(request: Request) -> QueryDict:
    """A copy of what the address of the visitor's page asks for, whichever part of the page is asked for now.

    The links in one part are older than what was chosen in another since; the address is not.
    """
    if not target_of(request) or not request.htmx.current_url:
        return request.GET.copy()
    try:
        return QueryDict(urlsplit(request.htmx.current_url).query, mutable=True)
    except ValueError:  # no address at all, which no browser sends
        return request.GET.copy()


def respond(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    """One address has several answers; caches, the browser's own among them, must not mix them up."""
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target", "HX-Current-URL"])
    return response
