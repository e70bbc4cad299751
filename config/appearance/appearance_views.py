"""Serve style sheets and logos of appearances, publish a draft, and show the page of a server error."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template import loader
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from collection.models import Appearance, Logo
from config.appearance import publishing, stylesheet
from config.appearance.showing import may_preview, published

UNCHANGING = "public, max-age=31536000, immutable"
CHECKED = "no-cache"
PRIVATE = "private, no-store"


@require_safe
def style_sheet(request: HttpRequest, pk: int, digest: str) -> HttpResponse:
    """Return the style sheet of a version. Only administrators get that of a draft."""
    appearance = get_object_or_404(Appearance, pk=pk)
    is_public = appearance.state != Appearance.State.DRAFT
    require_preview(request, is_public=is_public)
    css = stylesheet.css(appearance)
    found = stylesheet.digest(css)
    caching = UNCHANGING if digest == found else CHECKED  # a page that was loaded before an upgrade has another digest
    return answer(request, css.encode(), "text/css; charset=utf-8", found, caching if is_public else PRIVATE)


@require_safe
def logo(request: HttpRequest, sha256: str) -> HttpResponse:
    """Return a logo. Only administrators get a logo that was never published."""
    found = get_object_or_404(Logo, sha256=sha256)
    versions = Appearance.objects.filter(Q(logo=found) | Q(logo_dark=found))
    is_public = versions.exclude(state=Appearance.State.DRAFT).exists()
    require_preview(request, is_public=is_public)
    return answer(request, bytes(found.png), "image/png", sha256[:32], UNCHANGING if is_public else PRIVATE)


def require_preview(request: HttpRequest, *, is_public: bool) -> None:
    """Raise Http404 unless an administrator asks. Only these requests read the session."""
    if not is_public and not may_preview(request):
        raise Http404


def answer(request: HttpRequest, body: bytes, content_type: str, tag: str, caching: str) -> HttpResponse:
    etag = f'"{tag}"'
    response = HttpResponse(body, content_type=content_type, headers={"ETag": etag, "Cache-Control": caching})
    return get_conditional_response(request, etag, response=response) or response


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the draft that an administrator sees in a preview."""
    require_preview(request, is_public=False)
    try:
        chosen = publishing.publish(pk, request.POST.get("seen_at", ""))
    except publishing.NotPublishableError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("The look of %(name)s is public now.") % {"name": chosen.shown_name})
    return redirect("home")


def server_error(request: HttpRequest) -> HttpResponse:
    """Show the page of a server error with the last known name. Read nothing, because the database may have failed."""
    return HttpResponse(loader.render_to_string("500.html", {"museum": published.museum}), status=500)
