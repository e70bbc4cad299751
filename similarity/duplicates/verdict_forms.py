"""The form of a verdict on a flagged pair."""

from django import forms

from similarity.models import Verdict


class VerdictForm(forms.Form):
    """A verdict; "undecided" takes the last one back."""

    verdict = forms.ChoiceField(choices=Verdict)
