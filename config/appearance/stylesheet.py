"""Build the style sheet of an appearance: values for the custom properties of static/css/tokens.css."""

import hashlib
from dataclasses import dataclass

from collection.models import Appearance
from config.appearance.colour_contrast import BLACK, COMFORTABLE, DARK, LIGHT, WHITE, adjusted, mixed

HOVERED = 0.22  # the share of black or white in the accent under the pointer

SYSTEM_SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
SYSTEM_SERIF = '"Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif'
INSTRUMENT_SANS = f'"Instrument Sans", {SYSTEM_SANS}'
SERIF, SANS = "source-serif-4", "instrument-sans"  # files in static/fonts


@dataclass(frozen=True)
class Families:
    """The font families of titles and of text, and the shipped fonts that they need."""

    titles: str
    text: str
    fonts: tuple[str, ...] = ()


FAMILIES = {
    Appearance.Typefaces.SANS: Families(INSTRUMENT_SANS, INSTRUMENT_SANS, (SANS,)),
    Appearance.Typefaces.SYSTEM_SERIF: Families(SYSTEM_SERIF, SYSTEM_SANS),
    Appearance.Typefaces.SYSTEM_SANS: Families(SYSTEM_SANS, SYSTEM_SANS),
}


def fonts(appearance: Appearance) -> tuple[str, ...]:
    """Return the shipped fonts that a page should load early."""
    families = FAMILIES.get(Appearance.Typefaces(appearance.typefaces))
    return (SERIF, SANS) if families is None else families.fonts


def css(appearance: Appearance) -> str:
    """Return the style sheet, or "" if nothing differs from the default."""
    return "".join([*family_rules(appearance), *accent_rules(appearance)])


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def family_rules(appearance: Appearance) -> list[str]:
    families = FAMILIES.get(Appearance.Typefaces(appearance.typefaces))
    return [] if families is None else [f":root {{ --serif: {families.titles}; --sans: {families.text}; }}\n"]


def accent_rules(appearance: Appearance) -> list[str]:
    light, dark = accents(appearance)
    if not light:
        return []
    return [rule("light", light, BLACK, LIGHT[-1]), rule("dark", dark, WHITE, DARK[-1])]


def accents(appearance: Appearance) -> tuple[str, str]:
    """Return the accents in light and in dark mode. A missing one is derived from the other."""
    light, dark = appearance.accent_light, appearance.accent_dark
    given = light or dark
    if not given:
        return "", ""
    return light or adjusted(given, LIGHT, COMFORTABLE), dark or adjusted(given, DARK, COMFORTABLE)


def rule(mode: str, accent: str, end: str, on_accent: str) -> str:
    strong = mixed(accent, end, HOVERED)
    values = f"--accent: {accent}; --accent-strong: {strong}; --on-accent: {on_accent};"
    return f"@media (prefers-color-scheme: {mode}) {{ :root {{ {values} }} }}\n"
