"""The form on which a curator names or hides a group."""

from django import forms
from django.utils.translation import gettext_lazy as _

from collection.desk.record_forms import TypedField
from similarity.models import GroupName

NAME_LIMIT_CHARS: int = GroupName._meta.get_field("name").max_length or 120  # noqa: SLF001 - documented by Django


class GroupForm(forms.Form):
    """A name, empty for none, and whether the public sees the group."""

    name = TypedField(
        required=False, max_length=NAME_LIMIT_CHARS, label=_("Name"),
        help_text=_("Leave it empty to show what the records of its works have in common."),
    )  # fmt: skip
    is_hidden = forms.BooleanField(
        required=False, label=_("Hide this group from the public"), help_text=_("Its works stay on view.")
    )
