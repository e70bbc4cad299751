"""Serve picture files. Each request checks in the database whether the visitor may see the picture."""

import stat
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from collection.files import storage
from collection.jobs import file_checks, rebuilding
from collection.models import ArtworkImage
from collection.permissions import curated_pictures, granted_pictures, is_curator, visible_pictures

CONTENT_TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "avif": "image/avif"}
PUBLIC = "public, max-age=300"  # seconds until a withdrawn picture leaves caches; a repeated request is a 304
PRIVATE = "private, no-store"
NOT_YET = "no-cache, max-age=5"
NOT_WHOLE = gettext_noop(
    "The original of this picture is missing or damaged. Please tell the museum, so that it is restored."
)


@require_safe
def derivative(request: HttpRequest, pk: int, side_px: int, extension: str) -> HttpResponseBase:
    if extension not in CONTENT_TYPES:
        raise Http404
    image, is_public = seen_by(request, pk)
    if side_px not in (image.avif_sides if extension == "avif" else storage.SIDES_PX):
        raise Http404
    path = storage.derivative(image.sha256, side_px, extension)
    version = version_of(path)
    if not version or not file_checks.is_derivative_whole(image, side_px, extension):
        rebuilding.queue_lost(image)
        return HttpResponse(gettext("This picture is being prepared."), status=404, headers={"Cache-Control": NOT_YET})
    headers = {
        "Cache-Control": PUBLIC if is_public else PRIVATE,
        "Content-Disposition": f'inline; filename="{file_name(image, side_px, extension)}"',
        "ETag": f'"{image.sha256[:32]}-{side_px}-{extension}-{version}"',
    }
    return send(request, path, CONTENT_TYPES[extension], headers)


@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the original as a download: to curators, and to everybody if the collection allows it."""
    image, is_public = seen_by(request, pk)
    collection = image.artwork.collection
    is_open = is_public and collection.originals_public
    if not is_open and not is_curator(request.user, collection):
        raise Http404
    path = storage.original(image.sha256, image.extension)
    version = version_of(path)
    if not file_checks.is_original_whole(image):
        text = f"{gettext(NOT_WHOLE)}\n"
        return HttpResponse(text, status=404, content_type="text/plain", headers={"Cache-Control": NOT_YET})
    headers = {
        "Cache-Control": PUBLIC if is_open else PRIVATE,
        "Content-Disposition": f'attachment; filename="{file_name(image, None, image.extension)}"',
        "ETag": f'"{image.sha256[:32]}-{version}"',
    }
    return send(request, path, "application/octet-stream", headers)


def version_of(path: Path) -> str:
    """Return a text that changes when the file is written again, "" if the file is missing or empty."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns:x}" if stat.S_ISREG(found.st_mode) and found.st_size else ""


def seen_by(request: HttpRequest, pk: int) -> tuple[ArtworkImage, bool]:
    """Return the picture, and whether it is public. The session is read only for pictures that are not public."""
    images = ArtworkImage.objects.select_related("artwork__collection", "file_check").filter(pk=pk)
    if image := images.filter(visible_pictures(AnonymousUser())).first():
        return image, True
    for own in (visible_pictures, curated_pictures, granted_pictures):
        if image := images.filter(own(request.user)).first():
            return image, False
    raise Http404


def file_name(image: ArtworkImage, side_px: int | None, extension: str) -> str:
    """Return a file name made from the accession number, not from the name of the uploaded file."""
    words = slugify(f"{image.artwork.accession_number}-{image.position + 1}") or f"picture-{image.pk}"
    return f"{words[:80]}{'' if side_px is None else f'-{side_px}'}.{extension}"


def send(request: HttpRequest, path: Path, content_type: str, headers: dict[str, str]) -> HttpResponseBase:
    """Send the file, or send its name to the proxy. Answer 304 if the browser has the file already."""
    if known := get_conditional_response(request, headers["ETag"], response=None):
        if known.status_code == 304:
            known["Cache-Control"] = headers["Cache-Control"]
        return known
    response: HttpResponseBase
    if settings.KINDRED_PICTURE_SERVER == "nginx":
        inside = path.relative_to(settings.MEDIA_ROOT).as_posix()
        response = HttpResponse(headers={"X-Accel-Redirect": f"/_media/{inside}"})
    else:
        response = FileResponse(path.open("rb"))
    for name, value in {**headers, "Content-Type": content_type}.items():
        response[name] = value
    return response
