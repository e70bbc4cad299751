"""A museum's own look, in a browser: the colours and the logo are those that were published."""

import pytest
from playwright.sync_api import Page, expect

from config.appearance.showing import published
from tests.config.appearance import looks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ACCENT = "getComputedStyle(document.documentElement).getPropertyValue('--accent')"


@pytest.fixture(autouse=True)
def forgetful():
    published.forget()
    yield
    published.forget()


@pytest.mark.parametrize(("scheme", "accent"), [("light", looks.TEAL), ("dark", "#5eead4")])
def test_the_browser_paints_what_was_published_in_both_modes(page: Page, scheme: str, accent: str):
    looks.a_published(accent_light=looks.TEAL, accent_dark="#5eead4", logo=looks.a_logo(), typefaces="sans")
    page.emulate_media(color_scheme=scheme)

    page.goto("/browse/")

    assert page.evaluate(ACCENT) == accent
    assert page.locator(".header__logo img").evaluate("image => image.naturalWidth") == 240
    expect(page.get_by_role("heading", level=1)).to_have_css("font-family", looks.INSTRUMENT_SANS)


def test_a_long_name_fits_on_a_phone(page: Page):
    looks.a_published(name="x" * 80, footer_line="y" * 200, home_title="z" * 120, home_text="w" * 600)
    page.set_viewport_size({"width": 390, "height": 844})

    page.goto("/")

    assert page.evaluate("document.documentElement.scrollWidth") == 390
