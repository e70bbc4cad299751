"""Middleware of the site: large bodies, the actor in the audit log, and headers."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext

from collection.audit.recording import acting_for

MIB = 2**20
FORM_MIB = 1  # for the parts of the form beside the picture
UNLIMITED_HERE = "upload"  # the URL name of a view with its own limit, because curators send many pictures at once

GetResponse = Callable[[HttpRequest], HttpResponseBase]

PRIVATE = "private, no-store"
# No page uses any of these. A file chosen with the camera of a phone needs no permission.
UNUSED_FEATURES = (
    "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "serial", "usb",
)  # fmt: skip
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES)


class RefuseLargeBodies:
    """Answer 413, before the body is read, if the body is larger than the largest picture that a visitor may send.

    Otherwise anybody could fill the disk: Django writes files to disk as they arrive, before their size is checked. A
    body without a stated length needs no limit, because Django does not read it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Refuse a large body. This runs before the CSRF middleware looks for a token in the body."""
        match = request.resolver_match
        limit_mib = settings.KINDRED_SEARCH_LIMIT_MIB
        if match is None or match.view_name == UNLIMITED_HERE or body_size(request) <= (limit_mib + FORM_MIB) * MIB:
            return None
        sentence = gettext("This is more than can be sent at once; at most %(limit)s MiB are accepted.") % {
            "limit": intcomma(limit_mib)
        }
        if "ninja" in match.app_names:
            return JsonResponse({"detail": sentence}, status=413)
        return HttpResponse(sentence + "\n", status=413, content_type="text/plain; charset=utf-8")


def body_size(request: HttpRequest) -> int:
    """Return the stated length in bytes, or 0 if it is absent or invalid, because Django then reads nothing."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class NameActor:
    """Name the user of a request, and the address, in everything that the audit log records during the request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with acting_for(request):
            return self.get_response(request)


class PrivatePages:
    """Let no cache keep what a signed-in user gets, and refuse every page features that none uses.

    A response that was made without the session cannot depend on the user, such as a public picture. It keeps its own
    Cache-Control.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        session = getattr(request, "session", None)
        if session is not None and session.accessed and request.user.is_authenticated:
            response["Cache-Control"] = PRIVATE
        return response
