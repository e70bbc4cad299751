"""The forms of verdicts on flagged pairs and cases."""

from typing import Any

from django import forms

from similarity.converters import is_id
from similarity.duplicates.review import verdicts
from similarity.models import Side, Verdict


class VerdictForm(forms.Form):
    """One verdict. "undecided" takes back the one that was given."""

    verdict = forms.ChoiceField(choices=Verdict)
    derived = forms.ChoiceField(choices=[("", ""), *Side.choices], required=False)  # see DuplicatePair.derived


class CaseForm(forms.Form):
    """One verdict on a case, and the ids of the pictures that it concerns."""

    verdict = forms.ChoiceField(choices=[(verdict, verdict.label) for verdict, _ in verdicts.SYMMETRIC_CHOICES])
    images = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.data.getlist("images") if hasattr(self.data, "getlist") else []
        self.fields["images"].choices = [(pk, pk) for pk in chosen if is_id(pk)]  # type: ignore[attr-defined]
