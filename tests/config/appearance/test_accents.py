"""Accents: what is refused, and what is made of those that are accepted."""

import re
from pathlib import Path

import pytest
from django.test import Client

from collection.models import Appearance
from config.appearance import colour_contrast, stylesheet
from tests.config.appearance import looks

TOKENS = Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css"


def test_contrast_is_that_of_wcag():
    assert colour_contrast.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour_contrast.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert colour_contrast.contrast("#ff0000", "#ffffff") == pytest.approx(4.0, abs=0.005)


def test_the_grounds_are_those_of_the_pages():
    light, dark = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")

    for rules, grounds in ((light, colour_contrast.LIGHT), (dark, colour_contrast.DARK)):
        found = dict(re.findall(r"--(paper|raised|wash|field): (#[0-9a-f]{6});", rules))
        assert set(found.values()) == set(grounds)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "colour", "reached"), [("accent_light", "#5eead4", "1.3:1"), ("accent_dark", "#0f3f3a", "1.4:1")]
)
def test_a_colour_without_contrast_is_refused_with_the_contrast_that_it_has(
    administrator: Client, field: str, colour: str, reached: str
):
    refused = administrator.post(looks.ADD, looks.form(**{field: colour}))
    sentence = looks.problems(refused)
    (proposed,) = re.findall(r"such as (#[0-9a-f]{6})", sentence)
    accepted = administrator.post(looks.ADD, looks.form(**{field: proposed}))

    assert f"{colour} has a contrast of only {reached}" in sentence
    assert looks.problems(accepted) == ""
    assert Appearance.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["teal", "#12345", "rgb(0", "#0f76🌊e", "}*{x:y"])
def test_what_is_no_colour_is_refused(administrator: Client, text: str):
    answer = administrator.post(looks.ADD, looks.form(accent_light=text))

    assert "#0f766e" in looks.problems(answer)
    assert not Appearance.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "stored"), [("#0F766E", "#0f766e"), ("0f766e", "#0f766e"), ("#036", "#003366")])
def test_colours_are_stored_in_one_form(administrator: Client, text: str, stored: str):
    administrator.post(looks.ADD, looks.form(accent_light=text))

    assert Appearance.objects.get().accent_light == stored


@pytest.mark.parametrize(
    "given", [{"accent_light": "#0f766e"}, {"accent_dark": "#5eead4"}, {"accent_light": "#000000"}]
)
def test_both_modes_get_readable_colours_from_one(given: dict[str, str]):
    css = stylesheet.css(Appearance(**given))

    for mode, grounds in (("light", colour_contrast.LIGHT), ("dark", colour_contrast.DARK)):
        (rules,) = re.findall(rf"color-scheme: {mode}\) {{ :root {{ (.*?) }} }}", css)
        values = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", rules))
        assert colour_contrast.is_enough(values["accent"], grounds)
        assert colour_contrast.is_enough(values["on-accent"], [values["accent"], values["accent-strong"]])


def test_the_style_sheet_of_the_default_look_is_empty():
    assert stylesheet.css(Appearance(name="Museum of Tides")) == ""
