"""The read-only JSON API, version 1: each app has a router. Its OpenAPI document is at openapi.json."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from collection.api import router as collection_router
from similarity.api import router as similarity_router
from similarity.image_query.client_limits import TooManySearchesError

api = NinjaAPI(
    title="Kindred",
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
