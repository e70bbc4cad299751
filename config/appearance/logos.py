"""Check the file of a logo as every picture is checked, and convert it to a small PNG without metadata."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from collection import imaging
from collection.models import Logo

LIMITS = imaging.Limits(size_mib=1, pixels_mp=4, side_ratio=16)
BOX_PX = (800, 200)  # three times the widest place in the header, see static/css/header.css


@dataclass(frozen=True)
class Converted:
    """A logo that is not stored yet."""

    png: bytes
    width_px: int
    height_px: int


def keep(logo: Converted) -> Logo:
    """Store the logo unless it is stored, and return its row."""
    values = {"png": logo.png, "width_px": logo.width_px, "height_px": logo.height_px}
    return Logo.objects.get_or_create(sha256=hashlib.sha256(logo.png).hexdigest(), defaults=values)[0]


def converted(data: bytes) -> Converted:
    """Return the logo as PNG, with the transparency of the file. Raise imaging.Refused."""
    imaging.check(data, LIMITS)
    picture = opened(data)
    picture.thumbnail(BOX_PX, Image.Resampling.LANCZOS)
    packed = BytesIO()
    picture.save(packed, "PNG", optimize=True)
    return Converted(packed.getvalue(), *picture.size)


def opened(data: bytes) -> Image.Image:
    """Decode to RGBA if the file has transparency, else to RGB."""
    header = imaging.open_header(data, LIMITS)
    return header.convert("RGBA") if header.has_transparency_data else imaging.open_upright(data, limits=LIMITS)
