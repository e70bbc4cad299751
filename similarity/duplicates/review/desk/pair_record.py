"""Both records and the facts of both files as the rows of one table, with the differences marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import date as shown_date
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, pgettext

from collection.merging import record_preview
from collection.models import Artwork, ArtworkImage, UploadedFile
from collection.models.artworks import UNKNOWN_MAKER
from similarity.models import DuplicatePair, Fingerprint

State = Literal["empty", "same", "differs", "first", "second"]
DIGITS_SHOWN = 12  # of a digest


@dataclass(frozen=True)
class Row:
    """One field of both sides. state: "first" or "second" if only that side has a value."""

    label: str
    first: str
    second: str
    state: State


@dataclass(frozen=True)
class Upload:
    """Who uploaded a picture, and the file's name there."""

    by: str
    name: str


def row(label: str, first: str, second: str) -> Row:
    """Compare two texts. Two empty ones do not differ."""
    return Row(label, first, second, state_of(first.strip(), second.strip()))


def state_of(first: str, second: str) -> State:
    if first == second:
        return "same" if first else "empty"
    if first and second:
        return "differs"
    return "first" if first else "second"


def record_rows(pair: DuplicatePair) -> list[Row]:
    """Return every field of both works, in the order of the record. Their numbers are the heads of the table."""
    works = pair.low.artwork, pair.high.artwork
    fields = [row(field.label, *(text_of(field, work) for work in works)) for field in record_preview.FIELDS.values()]
    return [
        *fields,
        row(gettext("Collection"), *(work.collection.title for work in works)),
        row(gettext("Published"), *(gettext("yes") if work.is_published else gettext("no") for work in works)),
        row(gettext("View"), pair.low.view_label, pair.high.view_label),
    ]


def text_of(field: record_preview.RecordField, work: Artwork) -> str:
    """Return the value of one field, "" if it is empty. A maker who is recorded as unknown counts as none."""
    text = record_preview.text_of(tuple(getattr(work, column) for column in field.columns))
    return "" if field.columns == ("creators",) and text == UNKNOWN_MAKER else text


def file_rows(pair: DuplicatePair, *, has_names: bool) -> list[Row]:
    """Return the facts of both files. `has_names`: whether the user may read the names of uploaded files."""
    images = pair.low, pair.high
    uploads, twins = uploads_of(images), twins_of(images)
    known = [uploads.get(image.pk, Upload(gettext("unknown"), "")) for image in images]
    names = [
        row(gettext("File name"), *(image.original_name or one.name for image, one in zip(images, known, strict=True)))
    ]
    return [
        row(gettext("Format"), *(image.format for image in images)),
        row(gettext("Size"), *(f"{image.width_px} × {image.height_px} px" for image in images)),
        row(gettext("File size"), *(file_size(image.size_bytes) for image in images)),
        digest_row(gettext("File (SHA-256)"), *(image.sha256 for image in images)),
        digest_row(gettext("Pixels (digest)"), *(image.pixel_digest for image in images)),
        row(gettext("Twin value"), *(twins.get(image.pk, "") for image in images)),
        *(names if has_names else []),
        row(gettext("Uploaded by"), *(one.by for one in known)),
        row(gettext("Added"), *(f"{shown_date(image.created_at, 'j F Y, H:i')} UTC" for image in images)),
    ]


def file_size(size_bytes: int) -> str:
    values = {"size": filesizeformat(size_bytes), "bytes": intcomma(size_bytes)}
    return gettext("%(size)s (%(bytes)s bytes)") % values


def digest_row(label: str, first: str, second: str) -> Row:
    """Return the row of two digests, shortened after they were compared."""
    return Row(label, f"{first[:DIGITS_SHOWN]}…", f"{second[:DIGITS_SHOWN]}…", state_of(first, second))


def twins_of(images: tuple[ArtworkImage, ...]) -> Mapping[int, str]:
    return dict(Fingerprint.objects.filter(pk__in=[image.pk for image in images]).values_list("pk", "twin"))


def uploads_of(images: tuple[ArtworkImage, ...]) -> dict[int, Upload]:
    """Return the first upload of each picture, by the picture's id. Pictures of an import or a command have none."""
    files = UploadedFile.objects.filter(image__in=images, refusal="").select_related("upload__uploaded_by")
    return {each.image_id: upload_of(each) for each in files.order_by("-pk") if each.image_id}


def upload_of(file: Any) -> Upload:
    by = file.upload.uploaded_by
    return Upload(by.get_username() if by else pgettext("uploaded by", "a former colleague"), file.name)
