"""What people send to this room: a picture to search by, and a verdict."""

from django import forms

from similarity.models import Verdict


class PictureForm(forms.Form):
    picture = forms.FileField(label="A picture", widget=forms.FileInput(attrs={"accept": "image/*"}))


class VerdictForm(forms.Form):
    """An empty verdict takes the last one back."""

    verdict = forms.ChoiceField(choices=Verdict)
    note = forms.CharField(required=False, max_length=2000)
