"""Compare two records field by field, before one is merged into the other."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

from collection.audit import works as audited
from collection.models import Artwork


@dataclass(frozen=True)
class RecordField:
    """A field as people know it. Years are one field, because the database checks them together."""

    english: str  # its label, marked for translation
    columns: tuple[str, ...]

    @property
    def label(self) -> str:
        return gettext(self.english)


# The accession number is not among them: each record keeps its own, so that it can be found by it.
FIELDS: Mapping[str, RecordField] = {
    "title": RecordField(gettext_noop("Title"), ("title",)),
    "creators": RecordField(gettext_noop("Artists or makers"), ("creators",)),
    "date_display": RecordField(gettext_noop("Date"), ("date_display",)),
    "years": RecordField(gettext_noop("Years"), ("year_start", "year_end")),
    "medium": RecordField(gettext_noop("Medium"), ("medium",)),
    "dimensions": RecordField(gettext_noop("Dimensions"), ("dimensions",)),
    "classification": RecordField(gettext_noop("Classification"), ("classification",)),
    "department": RecordField(gettext_noop("Department"), ("department",)),
    "culture": RecordField(gettext_noop("Culture"), ("culture",)),
    "description": RecordField(gettext_noop("Description"), ("description",)),
    "credit_line": RecordField(gettext_noop("Credit line"), ("credit_line",)),
    "rights_uri": RecordField(gettext_noop("Rights"), ("rights_uri",)),
    "source_url": RecordField(gettext_noop("Source"), ("source_url",)),
}
BY_COLUMN = {column: field for field in FIELDS.values() for column in field.columns}


@dataclass(frozen=True)
class FieldChoice:
    """One field of both records as texts. Two empty values do not differ."""

    name: str
    label: str
    kept: str
    merged: str
    differs: bool
    takes_merged: bool  # whether the value of the merged record is suggested: only where the kept one is empty


def preview(kept: Artwork, merged: Artwork) -> list[FieldChoice]:
    """Return every field of both records, in the order of the record."""
    return [choice_of(name, field, kept, merged) for name, field in FIELDS.items()]


def digest(kept: Artwork, merged: Artwork) -> str:
    """Return a digest of the fields of both records, as these instances have them, and of their stored pictures."""
    pictures = ("pk", "position", "view_label", "sha256")
    shown = [
        (audited.snapshot(work), list(work.images.order_by("pk").values_list(*pictures))) for work in (kept, merged)
    ]
    return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()


def warnings(kept: Artwork, merged: Artwork) -> list[str]:
    """Return what a curator should know before the merge, as sentences."""
    found = []
    if merged.is_published and not kept.is_published:
        found.append(
            gettext("%(kept)s is not published. After the merge, visitors see neither record.")
            % {"kept": kept.accession_number}
        )
    if merged.collection_id != kept.collection_id:
        found.append(
            gettext(
                "The two are in different collections. The pictures of %(merged)s become pictures of %(collection)s, "
                "except files that it holds already."
            )
            % {"merged": merged.accession_number, "collection": kept.collection.title}
        )
    return found


def choice_of(name: str, field: RecordField, kept: Artwork, merged: Artwork) -> FieldChoice:
    values = [tuple(getattr(work, column) for column in field.columns) for work in (kept, merged)]
    texts = [text_of(each) for each in values]
    differs = values[0] != values[1] and any(texts)  # a record made by a program may have None for ""
    return FieldChoice(name, field.label, texts[0], texts[1], differs, takes_merged=differs and not texts[0])


def text_of(values: tuple[Any, ...]) -> str:
    """Return the values of one field as a text; "" if all are empty."""
    shown = [", ".join(value) if isinstance(value, list) else "" if value is None else str(value) for value in values]
    if len(shown) == 2 and any(shown):
        return (
            shown[0]
            if shown[0] == shown[1]
            else gettext("%(first)s to %(last)s")
            % {
                "first": shown[0] or "?",
                "last": shown[1] or "?",
            }
        )
    return shown[0]
