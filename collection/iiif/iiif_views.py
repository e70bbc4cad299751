"""Answer requests of the IIIF Image API. Each checks in the database whether the visitor may see the picture."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods

from collection.files import pyramids, tile_store
from collection.iiif import geometry, image_requests, info_documents, rendering
from collection.iiif.image_requests import MEDIA_TYPES, BadRequestError
from collection.jobs import job_queue, rebuilding
from collection.models import ArtworkImage
from collection.views import pictures

IDENTIFIER = re.compile(r"[1-9][0-9]{0,17}")
JSON, JSON_LD = "application/json", "application/ld+json"
RETRY_S = 2
PREPARED = gettext_noop("This picture is being prepared. Please try again in a minute.")
BUSY = gettext_noop("Other pictures are being rendered at this moment. Please try again soon.")
UNKNOWN = gettext_noop("There is no picture with this address.")
UNCACHED = "no-cache"
METHODS = "GET, HEAD, OPTIONS"

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]


class NotPreparedError(Exception):
    """The tiled copy of a picture does not exist yet, or was lost and will be made again."""


def open_to_all_sites(view: View[Rest]) -> View[Rest]:
    """Allow pages of other sites to read the answers (CORS), and convert errors to answers in plain text."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        response = HttpResponse(status=204) if request.method == "OPTIONS" else explained(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = METHODS
            response["Access-Control-Allow-Headers"] = "*"
        return response

    def explained(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except BadRequestError as error:
            return sentence(str(error), 400)
        except NotPreparedError:
            return sentence(gettext(PREPARED), 404, {"Cache-Control": pictures.NOT_YET})
        except Http404:
            return sentence(gettext(UNKNOWN), 404)
        except rendering.BusyError:
            return sentence(gettext(BUSY), 503, {"Retry-After": str(RETRY_S)})

    return require_http_methods(METHODS.split(", "))(answer)


def sentence(text: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    kept = {"Cache-Control": UNCACHED} | (headers or {})
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers=kept)


@open_to_all_sites
def base(request: HttpRequest, identifier: str) -> HttpResponseBase:
    """Redirect the base URI to info.json."""
    image, _ = seen(request, identifier)
    return HttpResponse(status=303, headers={"Location": reverse("iiif-info", args=[image.pk])})


@open_to_all_sites
def info(request: HttpRequest, identifier: str) -> HttpResponseBase:
    image, is_public = seen(request, identifier)
    version_of(image)
    address = request.build_absolute_uri(reverse("iiif", args=[image.pk]))
    document = info_documents.document(address, pyramids.size_of(image), image.artwork.shown_rights_uri)
    response = json_answer(request, document, info_documents.CONTEXT)
    response["Link"] = f'<{info_documents.PROFILE}>;rel="profile"'
    response["Cache-Control"] = pictures.PUBLIC if is_public else pictures.PRIVATE
    return response


def json_answer(request: HttpRequest, document: dict[str, Any], profile: str) -> HttpResponseBase:
    """Send a document with an ETag, as JSON-LD with this profile or as plain JSON, whichever the caller prefers."""
    body = json.dumps(document, indent=1).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    media_type = f'{JSON_LD};profile="{profile}"' if prefers_linked_data(request) else JSON
    response = get_conditional_response(request, etag, response=None) or HttpResponse(body, content_type=media_type)
    response["ETag"] = etag
    response["Vary"] = "Accept"
    return response


def prefers_linked_data(request: HttpRequest) -> bool:
    """Return True unless the caller prefers plain JSON. Parameters such as a profile are ignored."""
    wanted = {f"{kind.main_type}/{kind.sub_type}": kind.quality for kind in request.accepted_types}
    others = wanted.get("application/*", wanted.get("*/*", 0.0))
    return wanted.get(JSON_LD, others) >= wanted.get(JSON, others)


@open_to_all_sites
def part(
    request: HttpRequest, identifier: str, region: str, size: str, rotation: str, quality: str, extension: str
) -> HttpResponseBase:
    """Send a region of a picture. Refuse a wrong parameter before the database is queried."""
    asked = image_requests.parse(region, size, rotation, quality, extension)
    image, is_public = seen(request, identifier)
    version = version_of(image)
    wanted = geometry.plan(asked, pyramids.size_of(image))
    headers = headers_of(request, image, wanted, version)
    headers["Cache-Control"] = pictures.PUBLIC if is_public else pictures.PRIVATE
    if geometry.is_standard(wanted):
        return send_kept(request, image, wanted, version, headers)
    return send_rendered(request, image, wanted, headers)


def send_kept(
    request: HttpRequest, image: ArtworkImage, wanted: geometry.Plan, version: str, headers: dict[str, str]
) -> HttpResponseBase:
    """Send a tile from the store. Render and store it if it is not there."""
    numbers = ",".join(map(str, (*wanted.full, *wanted.box, *wanted.size)))
    path = tile_store.path_of(image.sha256, f"{version}-{numbers}.{wanted.format}")
    if tile_store.find(path):
        try:
            return pictures.send(request, path, MEDIA_TYPES[wanted.format], headers)
        except FileNotFoundError:
            pass  # the store has deleted the tile since the line above
    return send_rendered(request, image, wanted, headers, keep=lambda data: tile_store.write(path, data))


def send_rendered(
    request: HttpRequest,
    image: ArtworkImage,
    wanted: geometry.Plan,
    headers: dict[str, str],
    keep: Callable[[bytes], None] = lambda _: None,
) -> HttpResponseBase:
    """Render an answer, unless the browser has it already. Queue the tiled copy again if it cannot be read."""
    response = get_conditional_response(request, headers["ETag"], response=None)
    if response is None:
        try:
            data = rendering.render(pyramids.path_of(image), wanted)
        except rendering.DamagedError:
            rebuilding.queue_lost(image, job_queue.PYRAMID)
            raise NotPreparedError from None
        keep(data)
        response = HttpResponse(data, content_type=MEDIA_TYPES[wanted.format])
    for name, value in headers.items():
        response[name] = value
    return response


def seen(request: HttpRequest, identifier: str) -> tuple[ArtworkImage, bool]:
    """Return the picture, and True if it is public. Raise Http404 if the visitor may not see it."""
    if not IDENTIFIER.fullmatch(identifier):
        raise Http404
    return pictures.seen_by(request, int(identifier))


def version_of(image: ArtworkImage) -> str:
    """Return a version that changes when the tiled copy is made again. Raise NotPreparedError if there is none."""
    version = pictures.version_of(pyramids.path_of(image))
    if not version:
        rebuilding.queue_lost(image, job_queue.PYRAMID)
        raise NotPreparedError
    return version


def headers_of(request: HttpRequest, image: ArtworkImage, wanted: geometry.Plan, version: str) -> dict[str, str]:
    address = request.build_absolute_uri(reverse("iiif", args=[image.pk]))
    digest = hashlib.sha256(f"{wanted.full}/{wanted.canonical}".encode()).hexdigest()[:16]
    return {
        "Link": f'<{address}/{wanted.canonical}>;rel="canonical", <{info_documents.PROFILE}>;rel="profile"',
        "ETag": f'"{image.sha256[:32]}-{version}-{digest}"',
        "Content-Disposition": f'inline; filename="{pictures.file_name(image, None, wanted.format)}"',
    }
