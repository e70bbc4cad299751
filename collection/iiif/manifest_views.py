"""Answer requests for manifests (IIIF Presentation API 3.0)."""

from django.http import Http404, HttpRequest, HttpResponseBase

from collection import queries
from collection.iiif import manifests
from collection.iiif.iiif_views import UNCACHED, json_answer, open_to_all_sites


@open_to_all_sites
def manifest(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the manifest of a work that the visitor may see. A work without a ready picture has none."""
    work = queries.work_or_404(request.user, pk)
    views = [view for view in queries.views_of(work, request.user) if view.is_ready]
    if not views:
        raise Http404
    for view in views:
        view.artwork = work  # which is read with its collection
    document = manifests.document(work, views, request.build_absolute_uri)
    response = json_answer(request, document, manifests.CONTEXT)
    response["Cache-Control"] = UNCACHED
    return response
