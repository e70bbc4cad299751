"""Compress pages where no nginx in front does it, as with `make demo`."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

KINDS = ("text/html", "application/json", "application/ld+json")  # as in docker/nginx.conf


class CompressPages(GZipMiddleware):
    """Django's middleware, for pages and answers of the API. Pictures are compressed already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if settings.KINDRED_PICTURE_SERVER == "nginx":
            raise MiddlewareNotUsed
        super().__init__(get_response)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type", "").partition(";")[0] not in KINDS:
            return response
        patch_vary_headers(response, ("Accept-Encoding",))  # also of short ones, and of those to HEAD
        return super().process_response(request, response)
