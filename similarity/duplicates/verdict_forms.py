"""The form of a verdict on a flagged pair."""

from django import forms

from similarity.models import Verdict


class VerdictForm(forms.Form):
    """One verdict. "undecided" takes back the one that was given."""

    verdict = forms.ChoiceField(choices=Verdict)
