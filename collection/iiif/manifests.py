"""The manifest of a work: its record and its pictures for viewers of other sites (IIIF Presentation API 3.0)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from collection.files import pyramids
from collection.iiif import info_documents
from collection.models import UNKNOWN_MAKER, UNTITLED, Artwork, ArtworkImage

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
THUMBNAIL_PX = 480

Json = dict[str, Any]
Absolute = Callable[[str], str]  # makes an address absolute

LABELS = {
    "creators": gettext_noop("Maker"),
    "date_display": gettext_noop("Date"),
    "medium": gettext_noop("Medium"),
    "dimensions": gettext_noop("Dimensions"),
    "classification": gettext_noop("Classification"),
    "department": gettext_noop("Department"),
    "culture": gettext_noop("Culture"),
    "accession_number": gettext_noop("Accession number"),
}  # by field of a work
CREDIT = gettext_noop("Credit line")


def document(work: Artwork, views: Sequence[ArtworkImage], absolute: Absolute) -> Json:
    """Return the manifest. views: the work's ready pictures in their order, at least one."""
    address = absolute(reverse("iiif-manifest", args=[work.pk]))
    title = as_written(work.title) if work.title else in_languages(UNTITLED)
    page = absolute(work.get_absolute_url())
    found: Json = {
        "@context": CONTEXT,
        "id": address,
        "type": "Manifest",
        "label": title,
        "metadata": list(metadata(work)),
        "homepage": [{"id": page, "type": "Text", "label": title, "format": "text/html"}],
        "thumbnail": [thumbnail(views[0], absolute)],
        "items": [canvas(view, address, absolute) for view in views],
    }
    if work.description:
        found["summary"] = as_written(work.description)
    if work.credit_line:
        found["requiredStatement"] = {"label": in_languages(CREDIT), "value": as_written(work.credit_line)}
    if rights := info_documents.known_rights(work.shown_rights_uri):
        found["rights"] = rights
    return found


def metadata(work: Artwork) -> Iterator[Json]:
    """Yield the fields of the record that are known, each with its label."""
    for field, label in LABELS.items():
        stored = getattr(work, field)
        values = [one for one in (stored if isinstance(stored, list) else [stored]) if one not in ("", UNKNOWN_MAKER)]
        if values:
            yield {"label": in_languages(label), "value": as_written(*values)}


def canvas(view: ArtworkImage, manifest: str, absolute: Absolute) -> Json:
    """Return a canvas of the size of the public picture, with the picture as its only content."""
    address = f"{manifest.removesuffix('manifest.json')}canvas/{view.pk}"
    width_px, height_px = pyramids.size_of(view)
    picture = {
        "id": f"{address}/picture",
        "type": "Annotation",
        "motivation": "painting",
        "body": body(view, absolute),
        "target": address,
    }
    content = {"id": f"{address}/content", "type": "AnnotationPage", "items": [picture]}
    label = {"label": as_written(view.view_label)} if view.view_label else {}
    return {"id": address, "type": "Canvas", **label, "width": width_px, "height": height_px, "items": [content]}


def body(view: ArtworkImage, absolute: Absolute) -> Json:
    service = absolute(reverse("iiif", args=[view.pk]))
    width_px, height_px = pyramids.size_of(view)
    return {
        "id": f"{service}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "width": width_px,
        "height": height_px,
        "service": [{"id": service, "type": "ImageService3", "profile": "level2"}],
    }


def thumbnail(view: ArtworkImage, absolute: Absolute) -> Json:
    width_px, height_px = view.size_at(THUMBNAIL_PX)
    address = absolute(view.url(THUMBNAIL_PX, "jpg"))
    return {"id": address, "type": "Image", "format": "image/jpeg", "width": width_px, "height": height_px}


def as_written(*texts: str) -> Json:
    """Return texts of the museum, whose language is not known."""
    return {"none": [*texts]}


def in_languages(message: str) -> Json:
    """Return a text of this site in all of its languages."""
    found = {}
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            found[code.partition("-")[0]] = [gettext(message)]
    return found
