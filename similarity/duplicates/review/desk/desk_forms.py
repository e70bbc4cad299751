"""The form of the review desk: a verdict, a note, or both."""

from django import forms

from similarity.duplicates.review.verdict_forms import VerdictForm
from similarity.models import Verdict

NOTE_LIMIT_CHARS = 2_000


class DeskForm(VerdictForm):
    """A verdict and a note. An empty verdict saves the note alone; "undecided" takes the verdict back."""

    verdict = forms.ChoiceField(choices=Verdict, required=False)
    note = forms.CharField(required=False, max_length=NOTE_LIMIT_CHARS)
