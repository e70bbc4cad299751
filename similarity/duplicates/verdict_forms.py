"""The form of a verdict on a flagged pair."""

from django import forms

from similarity.models import Verdict


class VerdictForm(forms.Form):
    """An empty verdict takes the last one back."""

    verdict = forms.ChoiceField(choices=Verdict)
    note = forms.CharField(required=False, max_length=2000)
