"""Pages that htmx asks for in parts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
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


def respond(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    """One address has several answers; caches, the browser's own among them, must not mix them up."""
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
