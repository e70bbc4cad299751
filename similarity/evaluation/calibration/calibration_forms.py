"""The form by which an administrator chooses the cuts of certainty."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from similarity.duplicates.cuts import CutError, Cuts


class CutForm(forms.Form):
    """Two cuts, why they are chosen, and the choice that the page showed as valid."""

    suggest_from = forms.FloatField(
        min_value=0, max_value=1, label=_("Suggest as duplicate from"),
        help_text=_("A number from 0 to 1. Pairs with this certainty or more are suggested as duplicates."),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )  # fmt: skip
    queue_from = forms.FloatField(
        min_value=0, max_value=1, label=_("Show in the queue from"),
        help_text=_("Pairs with a lower certainty are not shown. With 0, all pairs are shown."),
        widget=forms.NumberInput(attrs={"step": "any"}),
    )  # fmt: skip
    note = forms.CharField(
        max_length=2_000, required=False, label=_("Why (optional)"), widget=forms.Textarea({"rows": 2})
    )
    after = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("queue_from", 0) > cleaned.get("suggest_from", 1):
            self.add_error("queue_from", str(CutError()))
        return cleaned

    def cuts(self) -> Cuts:
        return Cuts(self.cleaned_data["suggest_from"], self.cleaned_data["queue_from"])
