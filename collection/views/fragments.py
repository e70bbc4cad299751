"""Functions that pages and their htmx fragments share."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

ID_DIGITS = 18  # any such number fits into the database's bigint


class Request(HttpRequest):
    """A request that django_htmx.middleware has processed."""

    htmx: HtmxDetails


def target_of(request: Request) -> str:
    """Return the id of the element that htmx will fill; "" for a whole page, also when htmx restores history."""
    if not request.htmx or request.htmx.history_restore_request:
        return ""
    return request.htmx.target or ""


def page_query(request: Request) -> QueryDict:
    """Return a copy of the query string of the visitor's page, also when htmx requests a part of the page.

    A link in one part of the page may be older than a choice in another part. The page's address is always up to date.
    """
    if not target_of(request) or not request.htmx.current_url:
        return request.GET.copy()
    try:
        return QueryDict(urlsplit(request.htmx.current_url).query, mutable=True)
    except ValueError:  # an invalid address, which no browser sends
        return request.GET.copy()


def respond(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render an answer. Its `Vary` header lets caches distinguish the page and the fragments of one address."""
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target", "HX-Current-URL", "Save-Data"])
    return response


def ids_in(text: str, limit: int) -> list[int]:
    """Return the ids in a text such as "7,12,9", at most `limit`. Anything that is no id is left out."""
    parts = text.split(",", limit)[:limit]
    return [int(part) for part in parts if part.isascii() and part.isdecimal() and len(part) <= ID_DIGITS]
