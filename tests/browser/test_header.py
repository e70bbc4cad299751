"""The links of the header: in one row on a desktop, and behind "Menu" on a small screen of somebody signed in.

Those for running the site are in a menu of their own.
"""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from collection.models import Appearance
from config.appearance.showing import published
from similarity.models import Group, Overview, OverviewState
from tests import factories, fakes

LINKS = ["Browse", "Groups", "Search by picture", "Upload", "Review", "Merges", "Password"]
RUNNING = ["Models", "Spaces", "Files", "Audit", "Admin"]
REACHED = [*LINKS[:-1], "Administration", *LINKS[-1:], "Sign out"]  # by the tab key
ROW_PX = 80  # a header of one row is at most this high


@pytest.fixture(autouse=True)
def forgetful():
    published.forget()
    yield
    published.forget()


@pytest.fixture
def administrator(page: Page) -> Page:
    overview = Overview.objects.create(space=fakes.opened(fakes.FakeEmbedder()), state=OverviewState.LIVE)
    Group.objects.create(overview=overview, number=1, size=1)
    factories.a_user("admin", curates=factories.a_collection(), is_superuser=True)
    sign_in(page, "admin")
    return page


def sign_in(page: Page, name: str) -> None:
    page.goto("/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def publish(name: str) -> None:
    Appearance.objects.create(name=name, state=Appearance.State.PUBLISHED, published_at=timezone.now())


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


@pytest.mark.parametrize("width_px", [390, 1024])
def test_the_menu_of_a_small_screen_opens_and_closes_by_keyboard_and_has_every_link(administrator: Page, width_px: int):
    administrator.set_viewport_size({"width": width_px, "height": 844})
    administrator.goto("/files/")
    header, links = administrator.locator(".header"), administrator.locator(".header a:visible")
    expect(links).to_have_text(["Kindred"])
    height_px = header.bounding_box()["height"]

    administrator.locator(".header__name").focus()
    administrator.keyboard.press("Tab")
    administrator.keyboard.press("Enter")
    expect(links).to_have_text(["Kindred", *LINKS])
    reached: list[str] = []
    for _ in REACHED:
        administrator.keyboard.press("Tab")
        reached.append(focused(administrator))
    administrator.locator(".header__menu summary").press("Enter")

    assert reached == REACHED
    assert height_px <= ROW_PX
    expect(links).to_have_text(["Kindred"])


def test_a_desktop_shows_every_link_in_one_row_without_a_menu(administrator: Page):
    administrator.set_viewport_size({"width": 1280, "height": 800})
    administrator.goto("/files/")

    expect(administrator.locator(".header a:visible")).to_have_text(["Kindred", *LINKS])
    expect(administrator.get_by_text("Menu", exact=True)).to_be_hidden()
    assert administrator.locator(".header").bounding_box()["height"] <= ROW_PX


@pytest.mark.parametrize("width_px", [390, 1280])
def test_the_links_for_running_the_site_open_by_keyboard(administrator: Page, width_px: int):
    administrator.set_viewport_size({"width": width_px, "height": 844})
    administrator.goto("/files/")
    if width_px < 1280:
        administrator.locator(".header__menu summary").press("Enter")

    summary = administrator.locator(".header .menu summary")
    expect(summary).to_have_text("Administration")
    expect(summary).to_have_attribute("aria-current", "true")
    summary.press("Enter")
    expect(administrator.locator(".header .menu a:visible")).to_have_text(RUNNING)
    expect(administrator.locator(".header .menu a[aria-current=page]")).to_have_text("Files")
    assert administrator.evaluate("document.documentElement.scrollWidth") == width_px
    administrator.keyboard.press("Tab")
    administrator.keyboard.press("Enter")

    expect(administrator).to_have_url(re.compile("/models/$"))


@pytest.mark.parametrize("name", ["", "Kunsthalle am Hafen"])
def test_german_links_are_in_one_row_too(administrator: Page, name: str):
    publish(name)
    administrator.set_viewport_size({"width": 1280, "height": 800})
    administrator.goto("/")
    administrator.get_by_role("button", name="Deutsch").click()

    expect(administrator.locator(".header .menu summary")).to_have_text("Betrieb")
    assert administrator.locator(".header").bounding_box()["height"] <= ROW_PX


def test_the_links_have_a_row_of_their_own_below_a_very_long_name(administrator: Page):
    publish("Staatliche Kunstsammlungen und Museum am Fluss der Freien Stadt")
    administrator.set_viewport_size({"width": 1280, "height": 800})
    administrator.goto("/")

    links = administrator.locator(".header__nav > :visible")
    assert len({round(link.bounding_box()["y"]) for link in links.all()}) == 1
    assert administrator.locator(".header").bounding_box()["height"] <= 2 * ROW_PX


def test_a_single_link_for_running_the_site_needs_no_menu(page: Page):
    factories.a_user("curator", curates=factories.a_collection())
    sign_in(page, "curator")

    expect(page.locator(".header__nav a:visible")).to_contain_text(["Browse", "Models"])
    expect(page.get_by_text("Administration")).to_have_count(0)


def test_a_visitor_on_a_phone_sees_the_links_at_once(page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")

    expect(page.locator(".header a:visible")).to_have_text(["Kindred", "Browse", "Search by picture", "Sign in"])
