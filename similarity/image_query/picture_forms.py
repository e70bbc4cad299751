"""The form of a search by picture."""

from typing import Any

from django import forms

from collection import imaging

SIDES = ("x", "y", "width", "height")
NO_NUMBER = "?"  # for a side that its field refused, such as one with a NUL in it


class PictureForm(forms.Form):
    """A picture, and the detail of it that is asked about, if one is marked: `cleaned_data["crop"]`."""

    picture = forms.FileField(
        label="A picture", widget=forms.FileInput(attrs={"accept": "image/*"}), allow_empty_file=True
    )  # an empty one is refused like any other that is no picture
    x = forms.CharField(required=False)
    y = forms.CharField(required=False)
    width = forms.CharField(required=False)
    height = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        marked = [self.cleaned_data.get(name, NO_NUMBER) for name in SIDES]
        try:
            self.cleaned_data["crop"] = imaging.Crop.parse(",".join(marked)) if any(marked) else None
        except imaging.Refused as refusal:
            self.add_error(None, str(refusal))
        return self.cleaned_data

    @property
    def refusal(self) -> str:
        """The first thing that is wrong, as a sentence; empty where nothing is."""
        of_the_whole = self.non_field_errors()
        return str(of_the_whole[0]) if of_the_whole else next((str(each[0]) for each in self.errors.values()), "")
