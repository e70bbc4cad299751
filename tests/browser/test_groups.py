"""A visitor finds the groups from the home page and from a work. A curator names one."""

import pytest
from playwright.sync_api import Page, expect

from collection.models import Artwork
from tests import factories
from tests.similarity.groups.built_overviews import build
from tests.similarity.groups.grouped_works import a_cloud

pytestmark = pytest.mark.browser


@pytest.fixture
def clouds(transactional_db) -> list[list[Artwork]]:
    """Four groups of twelve works."""
    collection = factories.a_collection(title="Prints")
    clouds = [a_cloud(collection, towards, 12, classification=f"Kind {towards}") for towards in range(4)]
    build()
    return clouds


def test_a_visitor_walks_from_the_home_page_to_a_group_a_work_and_its_group(page: Page, clouds):
    page.goto("/")
    page.get_by_role("link", name="Groups of works that look alike").scroll_into_view_if_needed()
    page.locator(".group-card__link").filter(has_text="Kind 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kind 2")

    page.locator("#works .work-card__link").first.click()
    expect(page.locator("#similar .work-card").first).to_be_visible()
    page.locator(".footer").scroll_into_view_if_needed()
    page.get_by_role("heading", name="Its group: Kind 2").get_by_role("link").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Kind 2")


def test_a_curator_names_a_group_on_its_page(page: Page, clouds):
    factories.a_user("anna", curates=clouds[0][0].collection)
    page.goto("/login/?next=/groups/")
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".group-card__link").filter(has_text="Kind 1").click()

    page.get_by_text("Name or hide this group").click()
    page.get_by_label("Name", exact=True).fill("Harbours")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Harbours")
    expect(page.get_by_text("Everybody sees this name.")).to_be_visible()
