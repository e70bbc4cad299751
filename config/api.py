"""The read-only JSON API, version 1: each app has a router. Its OpenAPI document is at openapi.json."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from collection.api import router as collection_router
from collection.models import DEFAULT_NAME
from config.appearance.showing import published
from similarity.api import router as similarity_router
from similarity.groups.clusters.group_api import router as groups_router
from similarity.groups.maps.map_api import router as map_router
from similarity.groups.paths.paths_api import router as paths_router
from similarity.image_query.client_limits import TooManySearchesError


def with_head(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view answer HEAD with the headers of its GET and no body. Ninja answers 405 otherwise."""

    @wraps(view)
    def answer(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if request.method != "HEAD":
            return view(request, *arguments, **named)
        request.method = "GET"
        response = view(request, *arguments, **named)
        request.method = "HEAD"
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
        return response

    return answer


class Api(NinjaAPI):
    """Ninja's API. Every GET also answers HEAD, and the OpenAPI document has the name of the museum as its title."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        document["info"]["title"] = published.get().name
        return document

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = with_head(pattern.callback)
        return patterns


api = Api(
    title=DEFAULT_NAME,
    version="1",
    description="Works of the museum's public collections, and the works that look like them. Read-only.",
    docs_url=None,
)


@api.exception_handler(TooManySearchesError)
def refuse_too_many(request: HttpRequest, error: TooManySearchesError) -> HttpResponse:
    answer = api.create_response(request, {"detail": str(error)}, status=429)
    answer["Retry-After"] = str(error.retry_after_s)
    return answer


api.add_router("", collection_router)
api.add_router("", similarity_router)
api.add_router("", paths_router)
api.add_router("", groups_router)
api.add_router("", map_router)
