"""The forms of the pages on which curators merge and relate records."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collection import aliases
from collection.merging.record_preview import FieldChoice
from collection.models import Artwork, WorkRelation
from collection.permissions import User, curated_collections, visible_works

NOTE_LIMIT_CHARS = 2_000


class MergeForm(forms.Form):
    """A choice between two values for each field that differs, whether pictures move, and a note.

    `shown` is record_preview.digest of what the page shows. A form without it counts as outdated.
    """

    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    views = forms.BooleanField(required=False, initial=True, label=_("Keep the pictures of both as views"))
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=NOTE_LIMIT_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("for colleagues, in the history"),
    )

    def __init__(self, choices: Sequence[FieldChoice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differing = [choice for choice in choices if choice.differs]
        for choice in self.differing:
            empty = gettext("(empty)")
            values = [("kept", choice.kept or empty), ("merged", choice.merged or empty)]
            self.fields[self.name_of(choice)] = forms.ChoiceField(
                choices=values,
                label=choice.label,
                required=False,
                initial="merged" if choice.takes_merged else "kept",
                widget=forms.RadioSelect,
            )

    @staticmethod
    def name_of(choice: FieldChoice) -> str:
        return f"take-{choice.name}"

    @property
    def choices(self) -> list[forms.BoundField]:
        return [self[self.name_of(choice)] for choice in self.differing]

    def take(self) -> list[str]:
        """Return the names of the fields whose merged value was chosen. Call is_valid() first."""
        return [choice.name for choice in self.differing if self.cleaned_data[self.name_of(choice)] == "merged"]


class RelationForm(forms.Form):
    """What the first of two works is of the second, as the end of "1923.1 is"."""

    WORDS = {
        WorkRelation.Kind.DETAIL: _("a detail of"),
        WorkRelation.Kind.EDITION: _("an edition or copy of"),
        WorkRelation.Kind.SAME_OBJECT: _("the same object as"),
    }
    kind = forms.ChoiceField(choices=list(WORDS.items()), label=_("Relation"))

    def kind_chosen(self) -> WorkRelation.Kind:
        return WorkRelation.Kind(self.cleaned_data["kind"])


class OtherRecordForm(forms.Form):
    """Find the other record by its accession number, among the collections of the curator."""

    number = forms.CharField(max_length=100, label=_("Accession number of the other record"))

    def __init__(self, work: Artwork, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.work, self.user = work, user

    def clean_number(self) -> list[Artwork]:
        """Return the records with this number. There may be one in each collection."""
        number = self.cleaned_data["number"]
        own = visible_works(self.user).filter(collection__in=curated_collections(self.user)).exclude(pk=self.work.pk)
        found = list(own.filter(accession_number__iexact=number).select_related("collection").order_by("pk")[:20])
        if not found:
            raise forms.ValidationError(self.reason(number))
        return found

    def reason(self, number: str) -> str:
        if self.work.accession_number.casefold() == number.casefold():
            return gettext("This is the record itself. Enter the number of the other one.")
        if aliases.kept_for_number(self.user, number):
            return gettext("%(number)s was merged into another record. Search for it to find that record.") % {
                "number": number
            }
        return gettext("No other record of your collections has this number.")
