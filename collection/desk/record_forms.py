"""The forms of a search and of a work's record."""

import re
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collection import aliases
from collection.browsing.colours import COLOURS_LIMIT
from collection.browsing.facet_table import FACETS, FacetName
from collection.browsing.filters import Filters
from collection.browsing.orders import Order
from collection.browsing.paging import PAGES_LIMIT
from collection.browsing.text.query_text import TEXT_LIMIT_CHARS
from collection.imaging.palette.colour_cells import TOLERANCES
from collection.models import Artwork

YEAR_LIMIT = 100_000  # before and after year 0; a year beyond it is a typing error
YEARS = ("year_start", "year_end")
HEX_DIGITS = re.compile(r"[0-9a-f]{6}")
UNPRINTABLE = re.compile(r"[\0-\x1f\x7f\ud800-\udfff]+")  # control characters, and halves of surrogate pairs
FIND_LIMIT_CHARS = 100
VALUES_LIMIT = 20  # of one facet that are read from the address
ROWS = {"description": 6, "creators": 3}


def https_first(field: models.Field, **kwargs: Any) -> forms.Field | None:
    """Return the form field of a model field. A URL without a scheme gets https."""
    options: dict[str, Any] = {"assume_scheme": "https"} if isinstance(field, models.URLField) else {}
    return field.formfield(**options, **kwargs)


def lines_of(value: object) -> list[str]:
    """Return the lines of a text with any kind of line endings."""
    return [] if value is None else str(value).splitlines()


class ValuesField(forms.Field):
    """A field for all values of one name in the query string, without empty and repeated ones."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> tuple[str, ...]:
        clean = (text.strip() for text in value or () if "\0" not in text)
        return tuple(dict.fromkeys(text for text in clean if text))[:VALUES_LIMIT]


class ColoursField(ValuesField):
    """Colours as six hex digits of sRGB, with or without "#", at most COLOURS_LIMIT. Others are ignored."""

    def to_python(self, value: Any) -> tuple[str, ...]:
        digits = (text.removeprefix("#").lower() for text in super().to_python(value))
        return tuple(dict.fromkeys(text for text in digits if HEX_DIGITS.fullmatch(text)))[:COLOURS_LIMIT]


class TypedField(forms.CharField):
    """A text that somebody typed or pasted. Control characters become spaces."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(UNPRINTABLE.sub(" ", value) if isinstance(value, str) else value)


class LinesField(forms.CharField):
    """A list of texts, one per line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        ProhibitNullCharactersValidator()(text)  # validators of the field would only see the list
        lines = (line.strip() for line in text.splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class BrowseForm(forms.Form):
    """The filters in an address. Invalid values are ignored, because people type and shorten addresses."""

    ADDRESS_NAMES = {"year_from": "from", "year_to": "to"}  # "from" is a reserved word of Python

    q = TypedField(required=False, max_length=TEXT_LIMIT_CHARS, label=_("Search"))
    year_from = forms.IntegerField(required=False, min_value=-YEAR_LIMIT, max_value=YEAR_LIMIT, label=_("From year"))
    year_to = forms.IntegerField(required=False, min_value=-YEAR_LIMIT, max_value=YEAR_LIMIT, label=_("To year"))
    colour = ColoursField(required=False)
    tolerance = forms.ChoiceField(required=False, choices=[(name, name) for name in TOLERANCES])
    order = forms.ChoiceField(required=False, choices=Order.choices, label=_("Order"))
    after = forms.IntegerField(required=False, min_value=1)
    pages = forms.IntegerField(required=False, min_value=1, max_value=PAGES_LIMIT)
    verbatim = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for facet in FACETS:
            self.fields[facet.name] = ValuesField(required=False)
            self.fields[f"find_{facet.name}"] = forms.CharField(required=False, max_length=FIND_LIMIT_CHARS)

    def add_prefix(self, field_name: str) -> str:
        return self.ADDRESS_NAMES.get(field_name, field_name)

    def filters(self) -> Filters:
        """Return the valid filters. If the last year is before the first one, swap them."""
        self.is_valid()
        understood = self.cleaned_data
        start, end = understood.get("year_from"), understood.get("year_to")
        if start is not None and end is not None and start > end:
            start, end = end, start
        chosen: dict[FacetName, tuple[str, ...]] = {facet.name: understood.get(facet.name, ()) for facet in FACETS}
        return Filters(
            understood.get("q", ""), chosen, start, end, understood.get("colour", ()),
            understood.get("tolerance", ""), understood.get("order", ""),
            is_verbatim=understood.get("verbatim", False),
        )  # fmt: skip

    def refusal(self) -> str:
        """Return a sentence if the text is too long to search for, else "". Call filters() first."""
        count = len(self.data.get("q", "").strip())
        if "q" not in self.errors:
            return ""
        numbers = {"limit": intcomma(TEXT_LIMIT_CHARS), "count": intcomma(count)}
        return gettext("Please search for at most %(limit)s characters. This text has %(count)s.") % numbers

    def after_pk(self) -> int | None:
        """Return the primary key of the work after which the list continues. Call filters() first."""
        return self.cleaned_data.get("after")

    def page_count(self) -> int:
        """Return how many pages to show at once. Call filters() first."""
        return self.cleaned_data.get("pages") or 1

    def finds(self) -> dict[FacetName, str]:
        """Return the text to find in the values of each facet. Call filters() first."""
        return {facet.name: self.cleaned_data.get(f"find_{facet.name}", "") for facet in FACETS}


class ArtworkForm(forms.ModelForm):
    creators = LinesField(required=False, label=_("Artists or makers"), help_text=_("one per line"))

    class Meta:
        model = Artwork
        formfield_callback = https_first
        fields = (
            "title", "creators", "accession_number", "date_display", "year_start", "year_end", "medium",
            "dimensions", "classification", "department", "culture", "description", "credit_line", "rights_uri",
            "source_url",
        )  # fmt: skip
        # Those of the model's names that it leaves to Django, which does not translate them.
        labels = {
            "title": _("Title"),
            "accession_number": _("Accession number"),
            "medium": _("Medium"),
            "dimensions": _("Dimensions"),
            "classification": _("Classification"),
            "department": _("Department"),
            "culture": _("Culture"),
            "description": _("Description"),
            "credit_line": _("Credit line"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in ROWS.items():
            self.fields[name].widget.attrs["rows"] = rows
        for field in self.fields.values():
            field.show_hidden_initial = True  # the value when this form was shown: see refuse_overwriting

    @cached_property
    def changed_data(self) -> list[str]:
        """Return the changed fields. If one year is changed both are written, as the database checks them together."""
        changed = super().changed_data
        return [*changed, *(name for name in YEARS if name not in changed)] if {*YEARS} & {*changed} else changed

    def clean_creators(self) -> list[str]:
        names = self.cleaned_data["creators"]
        if any(len(name) > 200 for name in names):
            raise ValidationError(gettext("A name has at most 200 characters."))
        return names

    def clean_accession_number(self) -> str:
        number = self.cleaned_data["accession_number"]
        others = Artwork.objects.filter(collection=self.instance.collection_id, accession_number=number)
        other = others.exclude(pk=self.instance.pk).first()
        if other is not None and other.merged_into_id is not None:
            kept = aliases.name_of_kept(other)
            if not kept:
                raise ValidationError(
                    gettext("This is the number of a record that was merged into a record of another collection.")
                )
            raise ValidationError(
                gettext("This is the number of a record that was merged into %(kept)s.") % {"kept": kept}
            )
        if other is not None:
            raise ValidationError(gettext("Another work of this collection has this number."))
        return number

    def clean(self) -> dict[str, Any]:
        """Add an error for reversed years, so that the constraint `years_are_ordered` does not raise IntegrityError."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("year_start"), cleaned.get("year_end")
        if start is not None and end is not None and start > end:
            self.add_error("year_end", gettext("The latest year is before the earliest."))
        self.refuse_overwriting()
        return cleaned

    def refuse_overwriting(self) -> None:
        """Add an error to fields that somebody changed after the form was shown. A second save replaces the values."""
        said = dict(self.data.items())  # QueryDict.items gives the last value of each name
        for name in self.changed_data:
            shown_name, now = self.add_initial_prefix(name), self[name].field.prepare_value(self.initial.get(name))
            if shown_name in said and lines_of(said[shown_name]) != lines_of(now):
                change = (
                    gettext("Somebody emptied this since you opened this form. Save again to replace it.")
                    if now in (None, "")
                    else gettext(
                        "Somebody changed this to “%(value)s” since you opened this form. Save again to replace it."
                    )
                    % {"value": now}
                )
                self.add_error(name, change)
                said[shown_name] = "" if now is None else now
        self.data = said

    def save(self, commit: bool = True) -> Artwork:
        """Write only the changed fields, so that a colleague's changes to other fields stay."""
        if commit and self.changed_data:
            self.instance.save(update_fields=self.changed_data)
        return self.instance
