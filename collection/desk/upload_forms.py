"""The form of an upload. `ingest` checks the files themselves, one by one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from collection.desk.upload_intake import UploadOptions
from collection.models import Collection, Upload


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A field for one or more files. It accepts empty files: `ingest` refuses each of them without the whole form."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(FilesField, self).clean(file, initial) for file in data or [None]]


class UploadForm(forms.Form):
    files = FilesField(  # type: ignore[assignment]  # Django takes the fields away from the class
        label=_("Pictures"), error_messages={"required": _("Please choose at least one picture.")}
    )
    publishes = forms.BooleanField(
        required=False,
        label=_("Publish at once"),
        help_text=_("Otherwise the works are drafts, which only curators see."),
    )
    adds_views = forms.BooleanField(
        required=False,
        label=_("Add to works that bear the file's name as their number"),
        help_text=_("1923.4.jpg becomes a further view of the work 1923.4, if there is one."),
    )
    upload = forms.ModelChoiceField(Upload.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, collection: Collection, user_pk: int | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Upload.objects.filter(collection=collection, uploaded_by=user_pk)
        self.fields["upload"].queryset = own  # type: ignore[attr-defined]
        self.fields["files"].widget.attrs |= {"accept": "image/*,.heic,.heif,.avif"}

    def options(self) -> UploadOptions:
        return UploadOptions(self.cleaned_data["publishes"], self.cleaned_data["adds_views"])
