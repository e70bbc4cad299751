"""The form by which a curator adds a work to a list of similar works."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collection import permissions
from collection.models import Artwork
from similarity.converters import is_id

ADDRESS = re.compile(r"/works/(\d+)/?(?:[?#]|$)", re.ASCII)


class AddNeighbourForm(forms.Form):
    """Find a work that the curator may see, by its accession number or web address."""

    work = forms.CharField(
        max_length=500,
        label=_("Accession number, or web address of the work"),
        error_messages={
            "required": _("Enter an accession number, or the web address of a work."),
            "max_length": _("This is too long for an accession number or an address."),
        },
    )

    def __init__(self, data: Any, about: Artwork, curator: permissions.User) -> None:
        """`about` is the work that the list belongs to. Works of its own collection are preferred."""
        super().__init__(data)
        self.about = about
        self.visible = permissions.visible_works(curator)

    def clean_work(self) -> Artwork:
        entered: str = self.cleaned_data["work"]
        address = ADDRESS.search(entered)
        if address:
            found = list(self.visible.filter(pk=address[1])) if is_id(address[1]) else []
        else:
            found = list(self.visible.filter(accession_number=entered)[:100])
            found = [work for work in found if work.collection_id == self.about.collection_id] or found
        if not found:
            raise ValidationError(gettext("There is no such work, or you may not see it."))
        if len(found) > 1:
            raise ValidationError(
                gettext("Several collections have a work of this number. Enter the web address of the work.")
            )
        return found[0]
