"""The links of the header: in one row on a desktop, and behind "Menu" on a small screen of somebody signed in."""

import pytest
from playwright.sync_api import Page, expect

from similarity.models import Group, Overview, OverviewState
from tests import factories, fakes

LINKS = [
    "Browse", "Groups", "Search by picture", "Upload", "Review", "Merges", "Models", "Spaces", "Files", "Audit",
    "Admin", "Password",
]  # fmt: skip
ROW_PX = 80  # a header of one row is at most this high


@pytest.fixture
def administrator(page: Page) -> Page:
    overview = Overview.objects.create(space=fakes.opened(fakes.FakeEmbedder()), state=OverviewState.LIVE)
    Group.objects.create(overview=overview, number=1, size=1)
    factories.a_user("admin", curates=factories.a_collection(), is_superuser=True)
    page.goto("/login/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


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
    for _ in [*LINKS, "Sign out"]:
        administrator.keyboard.press("Tab")
        reached.append(focused(administrator))
    administrator.locator(".header__menu summary").press("Enter")

    assert reached == [*LINKS, "Sign out"]
    assert height_px <= ROW_PX
    expect(links).to_have_text(["Kindred"])


def test_a_desktop_shows_every_link_in_one_row_without_a_menu(administrator: Page):
    administrator.set_viewport_size({"width": 1280, "height": 800})
    administrator.goto("/files/")

    expect(administrator.locator(".header a:visible")).to_have_text(["Kindred", *LINKS])
    expect(administrator.get_by_text("Menu", exact=True)).to_be_hidden()
    assert administrator.locator(".header").bounding_box()["height"] <= ROW_PX


def test_a_visitor_on_a_phone_sees_the_links_at_once(page: Page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")

    expect(page.locator(".header a:visible")).to_have_text(["Kindred", "Browse", "Search by picture", "Sign in"])
