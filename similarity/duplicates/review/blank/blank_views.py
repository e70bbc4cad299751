"""The page of pictures without content, and that of the works that share one."""

import re

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collection.views.fragments import Request
from similarity.converters import is_id
from similarity.duplicates.review import review_views
from similarity.duplicates.review.blank import blank_pictures

DIGEST = re.compile(r"[0-9a-f]{64}")


@require_safe
def listing(request: Request) -> HttpResponse:
    """List one kind of pictures without content, one line each; ?after=<digest> continues."""
    review_views.reviewable(request)  # raises PermissionDenied
    kinds = blank_pictures.KINDS
    kind = kinds.get(request.GET.get("show", ""), next(iter(kinds.values())))
    after = request.GET.get("after", "")
    found = blank_pictures.lines(kind, request.user, after if DIGEST.fullmatch(after) else "")
    is_more = len(found) > blank_pictures.PAGE
    shown = found[: blank_pictures.PAGE]
    more_after = shown[-1].image.pixel_digest if is_more else ""
    context = {"kinds": kinds.values(), "kind": kind, "lines": shown, "more_after": more_after}
    return render(request, "review/blank.html", context)


@require_safe
def works(request: Request, digest: str) -> HttpResponse:
    """List the works whose pictures have these pixels; ?after=<picture> continues."""
    review_views.reviewable(request)
    after = request.GET.get("after", "")
    found = list(blank_pictures.with_pixels(digest, request.user, int(after) if is_id(after) else 0))
    if not found or not DIGEST.fullmatch(digest):
        raise Http404
    more_after = found[blank_pictures.PAGE - 1].pk if len(found) > blank_pictures.PAGE else None
    context = {"images": found[: blank_pictures.PAGE], "more_after": more_after}
    return render(request, "review/blank_works.html", context)
