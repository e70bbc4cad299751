"""The forms by which an administrator plans spaces or asks a worker for them."""

from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.validators import RegexValidator
from django.db.models import Case, Q, Value, When
from django.template.defaultfilters import filesizeformat
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from similarity.measures.record_fields import FIELDS
from similarity.models import Metric, Space, SpaceRequest, SpaceState
from similarity.spaces import weights_files
from similarity.spaces.lifecycle import OUTDATED
from similarity.vision.contract import Recipe
from similarity.vision.lenses import COLOUR, LENSES, LOOK, OTHER_LOOKS
from similarity.vision.networks.backbone_table import BACKBONES
from similarity.vision.networks.ensemble import names_of

LIVE_LOOK_FIRST = Case(When(lens=LOOK, state=SpaceState.LIVE, then=Value(0)), default=Value(1))
FILE_HELP = gettext_noop(
    "Put a file (%(suffixes)s) into %(folder)s, then reload this page."
    " Without a file, a network uses the weights that ship with Kindred, or torchvision's if they have been fetched."
    " Otherwise it uses random numbers (untrained), which compare pictures less well."
)
ONLY_LOOK = _("Only the look has several poolings.")
POOLINGS = [(name, format_lazy("{}, {}", name, _("for the look"))) for name in OTHER_LOOKS]


class PlanForm(forms.Form):
    """A new fit of a space of this site, perhaps with another pooling or metric."""

    like = forms.ModelChoiceField(
        Space.objects.exclude(OUTDATED).exclude(Q(state=SpaceState.RETIRED) | Q(lens=COLOUR))
        .order_by(LIVE_LOOK_FIRST, "lens", "pk"),
        label=_("Space"), empty_label=None, error_messages={"invalid_choice": _("This space no longer exists.")},
    )  # fmt: skip
    pooling = forms.ChoiceField(choices=[("", _("Same as that space")), *POOLINGS], label=_("Pooling"), required=False)
    metric = forms.ChoiceField(choices=Metric, label=_("Metric"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("pooling") and "like" in cleaned and cleaned["like"].lens != LOOK:
            self.add_error("pooling", ONLY_LOOK)
        elif cleaned.get("pooling") and "like" in cleaned and len(names_of(cleaned["like"].backbone)) > 1:
            self.add_error("pooling", gettext("A look that rests on several networks has only its own pooling."))
        return cleaned

    def recipe(self) -> Recipe:
        like: Recipe = self.cleaned_data["like"].recipe
        return replace(like, pooling=self.cleaned_data["pooling"] or like.pooling)


class RecordsForm(forms.Form):
    """A look that is learned from the museum's own records."""

    supervised_by = forms.ChoiceField(
        choices=[(field.key, _(field.title)) for field in FIELDS], label=_("Field of the records"),
        help_text=_("Works with the same entry come closer together. Curators' pins and bans are also used."),
    )  # fmt: skip

    def request(self, asked_by: User | AnonymousUser) -> SpaceRequest:
        """Return the request, not saved yet."""
        live = Space.objects.filter(lens=LOOK, state=SpaceState.LIVE).first()
        backbone = live.backbone if live else settings.KINDRED_BACKBONE
        return SpaceRequest(requested_by_id=asked_by.pk, backbone=backbone, lenses=[LOOK], **self.cleaned_data)


class NetworkForm(forms.Form):
    """Spaces of another network, or of the same network with other weights."""

    backbone = forms.CharField(
        label=_("Network"), max_length=40, help_text=_("One of the supported networks of torchvision."),
        validators=[
            RegexValidator(r"^[A-Za-z0-9_]+\Z", _("A network's name has only letters, digits and underscores."))
        ],
        widget=forms.TextInput(attrs={"list": "networks", "autocomplete": "off", "autocapitalize": "none",
                                      "spellcheck": "false"}),
    )  # fmt: skip
    weights_file = forms.ChoiceField(
        label=_("Weights"), required=False,
        error_messages={"invalid_choice": _("This file is no longer in the folder.")},
    )  # fmt: skip
    lenses = forms.MultipleChoiceField(
        choices=[(lens.name, _(lens.title)) for lens in LENSES.values() if lens.name != COLOUR],
        initial=[name for name in LENSES if name != COLOUR], label=_("Lenses"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one lens.")},
    )  # fmt: skip
    pooling = forms.ChoiceField(choices=[("", _("The network's own")), *POOLINGS], label=_("Pooling"), required=False)
    metric = forms.ChoiceField(choices=Metric, label=_("Metric"))
    auto_activate = forms.BooleanField(
        label=_("Goes live automatically when complete"), required=False,
        help_text=_("Otherwise each space waits until you compare it and make it live."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "network_%s", **kwargs})  # the page has other forms too
        files = [(file.name, f"{file.name}, {filesizeformat(file.size_bytes)}") for file in weights_files.listed()]
        field = self.fields["weights_file"]
        no_file = gettext("No file: shipped or fetched weights, otherwise untrained")
        field.choices = [("", no_file), *files]  # type: ignore[attr-defined]
        places = {"suffixes": ", ".join(weights_files.SUFFIXES), "folder": weights_files.folder()}
        field.help_text = gettext(FILE_HELP) % places

    @property
    def known_networks(self) -> list[str]:
        """Return the names of the networks that can be requested."""
        return sorted(BACKBONES)

    def clean_backbone(self) -> str:
        name: str = self.cleaned_data["backbone"].lower()
        if problem := problem_of(name):
            raise forms.ValidationError(problem)
        return name

    def clean_lenses(self) -> list[str]:
        """Return each lens once, in a fixed order, so that equal requests are recognised."""
        return [name for name in LENSES if name in self.cleaned_data["lenses"]]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("pooling") and LOOK not in cleaned.get("lenses", [LOOK]):
            self.add_error("pooling", ONLY_LOOK)
        return cleaned

    def request(self, asked_by: User | AnonymousUser) -> SpaceRequest:
        """Return the request, not saved yet."""
        return SpaceRequest(requested_by_id=asked_by.pk, **self.cleaned_data)


def focus_on_wrong(form: forms.Form) -> None:
    """Focus the first field with an error, because the page is long."""
    name = next((name for name in form.fields if name in form.errors), next(iter(form.fields)))
    form.fields[name].widget.attrs["autofocus"] = True


def problem_of(network: str) -> str:
    """Return a sentence if this network is not supported, else an empty string."""
    if network in BACKBONES:
        return ""
    meant = get_close_matches(network, sorted(BACKBONES), n=1)
    if not meant:
        return gettext("'%(network)s' is not a supported network.") % {"network": network}
    text = gettext("'%(network)s' is not a supported network; did you mean %(meant)s?")
    return text % {"network": network, "meant": meant[0]}
