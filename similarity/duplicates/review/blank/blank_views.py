"""The page of pictures without content, and that of the works that share one."""

import re
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from collection.permissions import User
from collection.views.fragments import Request
from similarity.converters import is_id
from similarity.duplicates.review import review_views
from similarity.duplicates.review.blank import blank_pictures, placeholder_exceptions
from similarity.duplicates.review.blank.placeholder_exceptions import (
    NotAPlaceholderError,
    NotExceptedError,
    SharedPictureError,
)

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
    context = {
        "kinds": kinds.values(),
        "kind": kind,
        "lines": shown,
        "more_after": more_after,
        "is_placeholder": kind.name == blank_pictures.PLACEHOLDERS,
        "is_excepted": kind.name == blank_pictures.EXCEPTIONS,
    }
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
    context = {
        "images": found[: blank_pictures.PAGE],
        "more_after": more_after,
        "digest": digest,
        "is_placeholder": blank_pictures.is_placeholder(digest),
        "is_excepted": blank_pictures.is_excepted(digest),
    }
    return render(request, "review/blank_works.html", context)


@require_POST
def add_exception(request: Request, digest: str) -> HttpResponse:
    """State that the picture with these pixels is no placeholder, and show the list of placeholders again."""
    done = gettext("This picture is no placeholder. Its pairs are in the queue again.")
    return changed(request, digest, placeholder_exceptions.add, done, blank_pictures.PLACEHOLDERS)


@require_POST
def remove_exception(request: Request, digest: str) -> HttpResponse:
    """Undo `add_exception`, and show the list of exceptions again."""
    done = gettext("Undone. The picture is a placeholder again if many works still share it.")
    return changed(request, digest, placeholder_exceptions.remove, done, blank_pictures.EXCEPTIONS)


def changed(
    request: Request, digest: str, change: Callable[[str, User], None], done: str, shown: str
) -> HttpResponseRedirect:
    """Apply a change to one picture and redirect to a list, with a sentence that states what was done or why not."""
    review_views.reviewable(request)
    if not DIGEST.fullmatch(digest) or not blank_pictures.with_pixels(digest, request.user, 0):
        raise Http404
    try:
        change(digest, request.user)
    except (NotAPlaceholderError, NotExceptedError, SharedPictureError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(f"{reverse('review-blank')}?show={shown}")
