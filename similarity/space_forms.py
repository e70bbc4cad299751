"""What an administrator asks for when a space is planned from the pages."""

from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import Case, Value, When

from similarity.models import Metric, Space, SpaceState
from similarity.vision.contract import Recipe
from similarity.vision.lenses import COLOUR, LOOK, OTHER_LOOKS

LIVE_LOOK_FIRST = Case(When(lens=LOOK, state=SpaceState.LIVE, then=Value(0)), default=Value(1))


class PlanForm(forms.Form):
    """A refit of a space that is known here, perhaps with another pooling or metric."""

    like = forms.ModelChoiceField(
        Space.objects.exclude(state=SpaceState.RETIRED).exclude(lens=COLOUR).order_by(LIVE_LOOK_FIRST, "lens", "pk"),
        label="Like", empty_label=None,
    )  # fmt: skip
    pooling = forms.ChoiceField(
        choices=[("", "As that one"), *((name, f"{name}, for the look") for name in OTHER_LOOKS)],
        label="Pooling", required=False,
    )  # fmt: skip
    metric = forms.ChoiceField(choices=Metric, label="Metric")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("pooling") and "like" in cleaned and cleaned["like"].lens != LOOK:
            self.add_error("pooling", "Only the look has several poolings.")
        return cleaned

    def recipe(self) -> Recipe:
        like: Recipe = self.cleaned_data["like"].recipe
        return replace(like, pooling=self.cleaned_data["pooling"] or like.pooling)
