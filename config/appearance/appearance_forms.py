"""The form of a draft."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collection import imaging
from collection.files import refusal_texts
from collection.models import Appearance
from config.appearance import logos
from config.appearance.colour_contrast import DARK, LEAST, LIGHT, adjusted, lowest

COLOUR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")
# These characters reorder or hide the text around them. U+200E and U+200F are allowed, as they affect one word only.
OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
TOO_PALE = _(
    "%(colour)s has a contrast of only %(reached)s:1 with the page in light mode; at least %(least)s:1 is needed, so "
    "that everybody can read it. Take a darker shade, such as %(shade)s."
)
TOO_DARK = _(
    "%(colour)s has a contrast of only %(reached)s:1 with the page in dark mode; at least %(least)s:1 is needed, so "
    "that everybody can read it. Take a lighter shade, such as %(shade)s."
)
MODES = {"accent_light": (TOO_PALE, LIGHT), "accent_dark": (TOO_DARK, DARK)}


class AppearanceForm(forms.ModelForm):
    logo_file = forms.FileField(
        required=False,
        label=_("Logo"),
        help_text=_("A picture of at most 1 MiB, not SVG, best with transparency. It is shown 40 pixels high."),
    )
    removes_logo = forms.BooleanField(required=False, label=_("Remove the logo"))
    logo_dark_file = forms.FileField(
        required=False,
        label=_("Logo for dark mode"),
        help_text=_("Without it, the logo is shown on a light background in dark mode."),
    )
    removes_logo_dark = forms.BooleanField(required=False, label=_("Remove the logo for dark mode"))

    class Meta:
        model = Appearance
        fields = (
            "name", "logo_has_name", "accent_light", "accent_dark", "typefaces", "home_title", "home_text",
            "footer_line",
        )  # fmt: skip
        help_texts = {
            "name": _("Shown in the header, in titles, in the footer and in e-mails. If empty: Kindred."),
            "logo_has_name": _("The name is then not repeated beside the logo."),
            "accent_light": _(
                "Such as #0f766e. Contrast with the page: 4.5:1 or more. If empty: derived from the other."
            ),
            "accent_dark": _("As above, on the dark page. If empty: derived from the other."),
            "home_title": _("If empty: Every work has its kin."),
            "home_text": _("One to three sentences. Line breaks are kept. If empty: the default text."),
            "footer_line": _("Such as an address or a motto. If empty: the name."),
        }

    def clean(self) -> dict[str, Any]:
        """Remove invisible characters from the texts, and read the logos."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("name", "home_title", "home_text", "footer_line"):
            if name in cleaned:
                cleaned[name] = readable(cleaned[name], keeps_lines=name == "home_text")
        return cleaned

    def clean_accent_light(self) -> str:
        return self.accent("accent_light")

    def clean_accent_dark(self) -> str:
        return self.accent("accent_dark")

    def accent(self, name: str) -> str:
        refusal, grounds = MODES[name]
        colour = as_colour(self.cleaned_data[name])
        if colour and (reached := lowest(colour, grounds)) < LEAST:
            values = {
                "colour": colour,
                "reached": number_format(round(reached, 1), decimal_pos=1),
                "least": number_format(LEAST, decimal_pos=1),
                "shade": adjusted(colour, grounds),
            }
            raise forms.ValidationError(refusal, params=values)
        return colour

    def clean_logo_file(self) -> logos.Converted | None:
        return read_logo(self.cleaned_data["logo_file"])

    def clean_logo_dark_file(self) -> logos.Converted | None:
        return read_logo(self.cleaned_data["logo_dark_file"])

    def save(self, commit: bool = True) -> Any:
        for name in ("logo", "logo_dark"):
            if self.cleaned_data[f"removes_{name}"]:
                setattr(self.instance, name, None)
            if converted := self.cleaned_data[f"{name}_file"]:
                setattr(self.instance, name, logos.keep(converted))
        return super().save(commit)


def as_colour(text: str) -> str:
    """Return "#rrggbb" for "#0F766E", "0f766e" or "#abc". Raise ValidationError."""
    if not text:
        return ""
    found = COLOUR.fullmatch(text.strip().lower())
    if found is None:
        raise forms.ValidationError(
            gettext("Please write the colour as # and six digits from 0 to f, such as #0f766e.")
        )
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def readable(text: str, *, keeps_lines: bool) -> str:
    """Return the text without control characters, in one line unless lines are kept, or "" if none is visible."""
    lines = [" ".join(visible(line).split()) for line in text.splitlines()]
    joined = ("\n" if keeps_lines else " ").join(lines).strip()
    return joined if any(unicodedata.category(letter)[0] in "LNPS" for letter in joined) else ""


def visible(line: str) -> str:
    kept = (letter if unicodedata.category(letter) != "Cc" else " " for letter in OVERRIDES.sub("", line))
    return "".join(kept)


def read_logo(file: UploadedFile | None) -> logos.Converted | None:
    if not file:
        return None
    try:
        imaging.check_size(file.size or 0, logos.LIMITS)
        return logos.converted(file.read())
    except imaging.Refused as error:
        raise forms.ValidationError(refusal_texts.translated(error)) from error
