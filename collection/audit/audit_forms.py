"""The filters of the audit page."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collection.audit import history


class AuditForm(forms.Form):
    who = forms.CharField(required=False, max_length=150, label=_("Who"), help_text=_("a username"))
    verb = forms.ChoiceField(required=False, label=_("What"))
    kind = forms.ChoiceField(required=False, label=_("Kind of object"))
    words = forms.CharField(required=False, max_length=200, label=_("Object"), help_text=_("words of its name"))
    since = forms.DateField(required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label=_("To"), widget=forms.DateInput(attrs={"type": "date"}))
    object_id = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = str(self.data.get("kind") or "")  # from the link of an entry: a kind may be any model of the admin
        kinds = sorted({*history.kinds(), *([asked] if asked.isprintable() and asked else [])})
        verbs = [(verb, history.shown_verb(verb)) for verb in history.verbs()]
        for name, shown in (("verb", verbs), ("kind", [(kind, gettext(kind)) for kind in kinds])):
            self.fields[name].choices = [("", gettext("any")), *shown]  # type: ignore[attr-defined]

    def filters(self) -> history.Filters:
        """Return the valid filters. The page shows what is wrong with the others, which are ignored."""
        self.is_valid()
        return history.Filters(**{name: value for name, value in self.cleaned_data.items() if value})
