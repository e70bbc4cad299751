"""The form of a search by picture."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from collection import imaging
from collection.files import refusal_texts

SIDES = ("x", "y", "width", "height")
NO_NUMBER = "?"  # for a side that its field refused, such as text with a NUL character


class PictureForm(forms.Form):
    """A picture, and in `cleaned_data["crop"]` the detail of it to search by, if one is marked."""

    picture = forms.FileField(
        label=_("A picture"), widget=forms.FileInput(attrs={"accept": "image/*"}), allow_empty_file=True
    )  # an empty file is refused later, by the sentence for files that are no pictures
    x = forms.CharField(required=False)
    y = forms.CharField(required=False)
    width = forms.CharField(required=False)
    height = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        marked = [self.cleaned_data.get(name, NO_NUMBER) for name in SIDES]
        try:
            self.cleaned_data["crop"] = imaging.Crop.parse(",".join(marked)) if any(marked) else None
        except imaging.Refused as refusal:
            self.add_error(None, refusal_texts.translated(refusal))
        return self.cleaned_data

    @property
    def refusal(self) -> str:
        """Return the first error as a sentence, or "" if there is none."""
        general = self.non_field_errors()
        return str(general[0]) if general else next((str(each[0]) for each in self.errors.values()), "")
