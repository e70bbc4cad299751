"""A visitor finds works by typing: suggestions by keyboard, corrections, and centuries as bars."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories import a_collection, a_work

pytestmark = pytest.mark.browser


@pytest.fixture
def works(transactional_db):
    collection = a_collection(slug="prints", title="Prints")
    a_work(collection, title="Monument", creators=["Claude Monet"], year_start=1850)
    a_work(collection, title="Vase", creators=["Ann Maker"], year_start=1750)
    return collection


def test_suggestions_are_chosen_by_keyboard(page: Page, works):
    page.goto("/browse/")
    field = page.get_by_role("combobox", name="Search the collection")
    field.press_sequentially("mon")
    options = page.locator(".suggestions__one:visible")
    expect(options).to_have_count(2)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))

    field.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.nth(0).get_attribute("id") or "")
    field.press("ArrowUp")
    field.press("ArrowUp")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    field.press("Enter")

    expect(page.locator(".work__title")).to_have_text("Monument")


def test_suggestions_are_chosen_by_pointer_and_closed_by_escape(page: Page, works):
    page.goto("/browse/")
    field = page.get_by_role("combobox", name="Search the collection")
    field.press_sequentially("mon")
    expect(page.locator(".suggestions__one:visible")).to_have_count(2)
    field.press("Escape")
    expect(page.locator(".suggestions__one:visible")).to_have_count(0)
    expect(field).to_have_value("mon")
    expect(field).to_have_attribute("aria-expanded", "false")

    field.press_sequentially("e")
    page.get_by_role("option", name="Claude Monet Maker").click()

    expect(page).to_have_url(re.compile(r"/browse/\?creator=Claude\+Monet$"))


def test_enter_searches_for_the_text_if_no_suggestion_is_chosen(page: Page, works):
    page.goto("/browse/")
    field = page.get_by_role("combobox", name="Search the collection")
    field.press_sequentially("vaze")
    field.press("Enter")

    expect(page.locator(".results__note")).to_contain_text("Showing results for vase")
    page.get_by_role("link", name="Search for vaze instead").click()

    expect(page.locator(".nothing__title")).to_have_text("Nothing found.")


def test_a_century_is_chosen_by_its_bar_and_stays_chosen_with_another_filter(page: Page, works):
    page.goto("/browse/")

    page.get_by_role("link", name="19th century, 1 work").click()
    expect(page.locator(".results__count")).to_have_text("1 work")
    page.get_by_label(re.compile("Claude Monet")).check()

    expect(page).to_have_url(re.compile(r"/browse/\?creator=Claude\+Monet&century=19$"))
    page.get_by_role("link", name="19th century, 1 work, chosen").click()
    expect(page).to_have_url(re.compile(r"/browse/\?creator=Claude\+Monet$"))


def test_a_text_is_searched_and_corrected_without_scripts(browser, live_server, works):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/browse/")

    page.get_by_label("Search the collection").fill("vaze")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("mark")).to_have_text("Vase")
    page.get_by_role("link", name="18th century, 1 work").click()

    expect(page).to_have_url(re.compile(r"q=vaze&century=18$"))
    expect(page.locator(".work-card")).to_have_count(1)
    context.close()
