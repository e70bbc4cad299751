"""Drafts, published versions, logos and a filled form for tests."""

import re
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageDraw

from collection.models import Appearance
from config.appearance import logos, publishing

ADD = reverse("admin:collection_appearance_add")
LIST = reverse("admin:collection_appearance_changelist")
TEAL = "#0f766e"
INSTRUMENT_SANS = re.compile('^"Instrument Sans"')


def a_draft(**fields: object) -> Appearance:
    return Appearance.objects.create(**{"name": "Museum of Tides", **fields})


def a_published(**fields: object) -> Appearance:
    return publishing.publish(a_draft(**fields).pk)


def painted_logo(size: tuple[int, int] = (240, 120), kind: str = "PNG") -> bytes:
    """A teal wave on a transparent ground, or on white for JPEG."""
    picture = Image.new("RGBA", size, (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((0, size[1] // 4, size[1], size[1]), fill=(15, 118, 110, 255))
    draw.rectangle((size[0] // 2, size[1] // 2, size[0] - 1, size[1] - 1), fill=(20, 40, 60, 255))
    file = BytesIO()
    (picture.convert("RGB") if kind == "JPEG" else picture).save(file, kind)
    return file.getvalue()


def a_logo(size: tuple[int, int] = (240, 120)):
    return logos.keep(logos.converted(painted_logo(size)))


def form(**fields: object) -> dict[str, object]:
    """The fields of the admin's form, with a typeface, which always has a value."""
    return {"typefaces": "serif", **fields}


def sent(data: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def problems(answer) -> str:
    """The sentences of a form that was refused, "" if it was accepted."""
    if answer.status_code == 302:
        return ""
    return " ".join(text for errors in answer.context["adminform"].form.errors.values() for text in errors)
