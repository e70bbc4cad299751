"""The read-only JSON API, version 1: each room brings its router. Its OpenAPI document is at openapi.json."""

from ninja import NinjaAPI

from collection.api import router as collection_router
from similarity.api import router as similarity_router

api = NinjaAPI(
    title="Kindred",
    version="1",
    description="Works of the museum's public collections, and the works that look like them. Read-only.",
    docs_url=None,
)
api.add_router("", collection_router)
api.add_router("", similarity_router)
