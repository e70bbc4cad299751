"""The form of a batch: the pairs that were shown, and those of them that are still ticked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from similarity.converters import is_id
from similarity.duplicates.review.batches import pair_batches


class BatchForm(forms.Form):
    """The ids of the ticked pairs."""

    pairs = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={
            "required": _("No pair is ticked, so nothing was decided."),
            "invalid_choice": _("One of these pairs does not exist, so nothing was decided. Load the page again."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = self.data.getlist("pairs") if hasattr(self.data, "getlist") else []
        chosen = [(pk, pk) for pk in sent if is_id(pk)]
        self.fields["pairs"].choices = chosen[: pair_batches.PAGE]  # type: ignore[attr-defined]
