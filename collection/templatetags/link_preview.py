"""What other sites read of a work's page: messengers show a preview of a link, search engines read the record."""

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from collection.files import storage
from collection.models import UNKNOWN_MAKER, Artwork, ArtworkImage

register = template.Library()

SIDE_PX = storage.SIDES_PX[-1]
HARMLESS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}  # inside a script element


@register.inclusion_tag("collection/_link_preview.html", takes_context=True)
def link_preview(context: template.Context, work: Artwork, image: ArtworkImage | None) -> dict[str, Any]:
    """Render the preview (Open Graph), the record (schema.org) and the canonical address of a work.

    image: the shown picture, or None.
    """
    absolute = context["request"].build_absolute_uri
    address = absolute(work.get_absolute_url())
    picture = absolute(image.url(SIDE_PX, "jpg")) if image is not None and image.is_ready else ""
    return {
        "work": work,
        "museum": context["museum"],
        "address": address,
        "picture": picture,
        "size": image.size_at(SIDE_PX) if image is not None else None,
        "record": in_script(record(work, address, picture)),
    }


def record(work: Artwork, address: str, picture: str) -> dict[str, Any]:
    """Return the record as a VisualArtwork of schema.org, without what is unknown. picture: an address, or ""."""
    known = {
        "@id": address,
        "url": address,
        "identifier": work.accession_number,
        "name": work.title,
        "creator": [{"@type": "Person", "name": name} for name in work.creators if name != UNKNOWN_MAKER],
        "dateCreated": years(work),
        "artform": work.classification,
        "artMedium": work.medium,
        "size": work.dimensions,
        "description": work.description,
        "creditText": work.credit_line,
        "license": work.shown_rights_uri,
        "image": picture,
        "isPartOf": {"@type": "Collection", "name": work.collection.title},
        "provider": {"@type": "Organization", "name": work.collection.institution}
        if work.collection.institution
        else None,
    }
    return {"@context": "https://schema.org", "@type": "VisualArtwork"} | {
        name: value for name, value in known.items() if value
    }


def years(work: Artwork) -> str:
    """Return the years as ISO 8601 writes them, "1640" or "1640/1650". Return "" if one is unknown or before year 1."""
    first, last = work.year_start, work.year_end
    if first is None or last is None or first < 1:
        return ""
    return f"{first:04}" if first == last else f"{first:04}/{last:04}"


def in_script(data: dict[str, Any]) -> SafeString:
    """Return JSON that cannot end the script element around it."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(HARMLESS))  # noqa: S308 - escaped here
