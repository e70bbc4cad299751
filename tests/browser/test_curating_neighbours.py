"""A curator pins and bans neighbours in a browser: by keys, in place, on a phone, and without scripts."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from collection.models import Artwork
from tests import factories, fakes
from tests.browser.test_curator import sign_in
from tests.similarity.placed_works import a_work_seen

pytestmark = pytest.mark.browser

LENSES = ("look", "colour")
TOUCH_PX = 44


@pytest.fixture
def work(transactional_db) -> Artwork:
    """With three neighbours, from near to far, in a collection that the user "ada" curates."""
    embedder = fakes.FakeEmbedder(lenses=LENSES)
    opened = {lens: fakes.opened(embedder, lens) for lens in LENSES}
    collection = factories.a_collection(title="Prints")
    factories.a_user("ada", curates=collection)
    for title, angle in (("Near", 0.1), ("Middle", 0.5), ("Far", 1.0)):
        a_work_seen(opened, collection, angle, 1.1 - angle, title=title)
    return a_work_seen(opened, collection, 0.0, 0.0, title="Asked about")


def expect_titles(page: Page, *titles: str) -> None:
    expect(page.locator("#similar .work-card__title")).to_have_text(list(titles))


def test_a_pin_is_set_and_undone_by_the_same_key(page: Page, work):
    sign_in(page, "ada")
    page.goto(f"{work.get_absolute_url()}?lens=colour")
    expect_titles(page, "Far", "Middle", "Near")

    page.get_by_text("Belongs here? Near").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_titles(page, "Near", "Far", "Middle")
    expect(page.locator("#similar .work-card").first.get_by_text("Chosen by a curator")).to_be_visible()
    expect(page.get_by_role("button", name="Unpin Near")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Near is now shown first.")).to_have_count(1)

    page.keyboard.press("Enter")
    expect_titles(page, "Far", "Middle", "Near")
    expect(page.get_by_role("button", name="Belongs here Near", exact=True)).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?lens=colour$"))


def test_a_ban_is_set_and_undone_by_the_same_key_and_stays_after_reload(page: Page, work):
    sign_in(page, "ada")
    page.goto(work.get_absolute_url())

    page.get_by_text("Belongs here? Near").click()
    page.get_by_role("button", name="Does not belong here Near").press("Enter")
    expect_titles(page, "Middle", "Far")
    expect(page.get_by_role("button", name="Show again Near")).to_be_focused()

    page.keyboard.press("Enter")
    expect_titles(page, "Near", "Middle", "Far")
    page.get_by_role("button", name="Does not belong here Near").press("Enter")
    expect_titles(page, "Middle", "Far")

    page.reload()
    expect_titles(page, "Middle", "Far")
    page.get_by_text("Not shown here: 1 work").click()
    expect(page.get_by_text("Hidden by ada on")).to_be_visible()


def test_a_button_works_in_place_from_the_moment_it_is_shown(page: Page, work):
    sign_in(page, "ada")
    page.goto(work.get_absolute_url())
    page.get_by_text("Belongs here? Near").click()

    page.evaluate(
        """addEventListener("htmx:afterSwap", () => setTimeout(() => document.activeElement.click()), { once: true })"""
    )
    page.get_by_role("button", name="Does not belong here Near").press("Enter")

    expect(page.get_by_role("status").filter(has_text="Near can be shown here again.")).to_have_count(1)
    expect(page.get_by_role("button", name="Does not belong here Near")).to_be_focused()
    expect(page).to_have_url(re.compile(rf"{work.get_absolute_url()}$"))


def test_a_work_is_added_and_a_refusal_is_shown_in_place(page: Page, work):
    factories.an_image(factories.a_work(work.collection, accession_number="N.1", title="New"))
    sign_in(page, "ada")
    page.goto(work.get_absolute_url())

    page.get_by_text("Add a work that belongs here").click()
    number = page.get_by_label("Accession number, or web address")
    number.fill("N.2")
    number.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("There is no such work, or you may not see it.")
    expect(number).to_be_focused()
    expect(number).to_have_value("N.2")
    number.fill("N.1")
    number.press("Enter")

    expect_titles(page, "New", "Near", "Middle", "Far")


def test_pins_and_bans_work_without_scripts(browser: Browser, live_server, work):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "ada")
    page.goto(f"{work.get_absolute_url()}similar/?lens=colour")

    page.get_by_text("Belongs here? Near").click()
    page.get_by_role("button", name="Belongs here Near", exact=True).click()
    expect_titles(page, "Near", "Far", "Middle")
    expect(page).to_have_url(re.compile(r"/similar/\?lens=colour$"))

    page.get_by_text("Belongs here? Middle").click()
    page.get_by_role("button", name="Does not belong here Middle").click()
    expect_titles(page, "Near", "Far")
    page.get_by_text("Not shown here: 1 work").click()
    page.get_by_role("button", name="Show again Middle").click()
    expect_titles(page, "Near", "Far", "Middle")
    context.close()


def test_on_a_phone_every_tool_is_large_enough_to_touch_and_nothing_is_too_wide(page: Page, work):
    sign_in(page, "ada")
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(work.get_absolute_url())
    page.get_by_text("Belongs here? Near").click()
    page.get_by_role("button", name="Does not belong here Near").click()
    expect_titles(page, "Middle", "Far")
    page.get_by_text("Belongs here? Far").click()
    page.get_by_text("Add a work that belongs here").click()

    tools = page.locator("#similar").locator(".curate__open, .curate__button, .curated .button").all()
    sizes = [box for tool in tools if (box := tool.bounding_box()) and tool.is_visible()]

    assert len(sizes) >= 8
    assert min(min(box["width"], box["height"]) for box in sizes) >= TOUCH_PX
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
