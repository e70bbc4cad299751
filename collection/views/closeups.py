"""Render an image of a picture that is larger than its derivatives, for people who curate or review it.

The original itself may have a format that no browser shows, and metadata that a reviewer may not read.
"""

import logging
import threading
from dataclasses import replace
from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from collection import imaging
from collection.files import refusal_texts, storage
from collection.models import ArtworkImage
from collection.permissions import curated_pictures, granted_pictures
from collection.views.pictures import PRIVATE

SIDE_PX = 4096  # long side; such a picture takes 50 to 150 MB while it is rendered
QUALITY = 90  # of the JPEG
WAIT_S = 10  # for other large pictures; a request cannot wait as long as a worker
LIMITS = replace(imaging.ADMITTED, process=replace(imaging.ADMITTED.process, wait_s=WAIT_S))

BUSY = gettext_noop("Other pictures are being rendered at this moment.")

logger = logging.getLogger(__name__)
rendering = threading.Lock()  # one picture at a time in a process, which bounds its memory


@require_safe
def closeup(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a JPEG of at most SIDE_PX. People who neither curate the picture nor review a pair of it get 404."""
    images = ArtworkImage.objects.filter(pk=pk)
    may_see = curated_pictures(request.user), granted_pictures(request.user)
    image = next((found for own in may_see if (found := images.filter(own).first())), None)
    if image is None:
        raise Http404
    try:
        data = render(image)
    except imaging.Busy as error:
        return refusal(refusal_texts.translated(error), 503)
    except (OSError, imaging.Refused) as error:
        logger.info("No close-up of picture %s: %s", pk, error)
        return refusal(gettext("The original of this picture is missing or damaged."), 404)
    return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": PRIVATE})


def render(image: ArtworkImage) -> bytes:
    """Return a JPEG: sRGB, upright, without metadata. Raise OSError, or imaging.Refused, of which Busy is one."""
    if not rendering.acquire(timeout=WAIT_S):
        raise imaging.Busy(BUSY)
    try:
        original = storage.original(image.sha256, image.extension)
        picture = imaging.reduce(original.read_bytes(), SIDE_PX, LIMITS)
        file = BytesIO()
        picture.save(file, "JPEG", quality=QUALITY, subsampling=0)
    finally:
        rendering.release()
    return file.getvalue()


def refusal(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain", headers={"Cache-Control": PRIVATE})
