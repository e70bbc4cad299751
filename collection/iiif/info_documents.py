"""The document info.json of a picture (section 5 of the standard)."""

import re
from typing import Any

from collection.iiif import geometry
from collection.iiif.image_requests import QUALITIES
from collection.imaging import TILE_PX

CONTEXT = "http://iiif.io/api/image/3/context.json"
PROFILE = "http://iiif.io/api/image/3/level2.json"
# The standard allows only these rights statements, written with http.
KNOWN_RIGHTS = re.compile(r"https?://(creativecommons\.org/|rightsstatements\.org/)(\S+)")


def document(address: str, full: geometry.Pair, rights_uri: str) -> dict[str, Any]:
    """Return info.json. address: the base URI. full: (width, height) in pixels of the public image."""
    width_px, height_px = full
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "id": address,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level2",
        "width": width_px,
        "height": height_px,
        "maxWidth": width_px,
        "maxHeight": height_px,
        "maxArea": geometry.AREA_LIMIT_PX,
        "sizes": [{"width": wide, "height": high} for wide, high in geometry.sizes(full)],
        "tiles": [{"width": TILE_PX, "height": TILE_PX, "scaleFactors": geometry.scale_factors(full)}],
        "extraFormats": ["webp"],
        "extraQualities": list(QUALITIES[1:]),
        "extraFeatures": [
            "canonicalLinkHeader",
            "mirroring",
            "profileLinkHeader",
            "rotationArbitrary",
            "sizeUpscaling",
        ],
    }
    if rights := known_rights(rights_uri):
        found["rights"] = rights
    return found


def known_rights(rights_uri: str) -> str:
    """Return the address of a rights statement as the standards write it, or "" if they do not allow it."""
    known = KNOWN_RIGHTS.fullmatch(rights_uri)
    return f"http://{known[1]}{known[2]}" if known else ""
