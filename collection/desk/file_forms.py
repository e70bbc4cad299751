"""The form on the page of files that chooses pictures to check."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collection.models import ArtworkImage

AT_MOST = 20  # pictures, because a person waits for their check
LARGEST_NUMBER = 2**63 - 1  # of a row in the database


class PicturesForm(forms.Form):
    number = forms.CharField(
        label=_("Accession number, or number of a picture"),
        max_length=100,
        help_text=_("The number of a picture is in its address: /pictures/12/480.webp is picture 12."),
    )

    def clean_number(self) -> list[ArtworkImage]:
        """Return the pictures of the works with this accession number, or the picture with this number."""
        number = self.cleaned_data["number"]
        wanted = Q(artwork__accession_number=number)
        if number.isdecimal() and int(number) <= LARGEST_NUMBER:
            wanted |= Q(pk=int(number))
        images = list(ArtworkImage.objects.filter(wanted).select_related("artwork").order_by("pk")[:AT_MOST])
        if not images:
            raise forms.ValidationError(gettext("There is no work or picture with this number."))
        return images
