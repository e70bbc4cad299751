"""A visitor switches between English and German in the footer. Without a choice, the browser's language counts."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.factories import a_work

pytestmark = pytest.mark.browser


@pytest.fixture
def works(transactional_db):
    return [a_work(title=f"Wave {number}") for number in range(2)]


def switch(page: Page, language: str) -> Locator:
    return page.locator(f".footer__language[value={language}]")


def expect_language(page: Page, language: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".footer__language[aria-current=true]")).to_have_attribute("value", language)


def test_a_visitor_chooses_german_and_stays_on_the_page_and_in_the_language(page: Page, works):
    page.goto("/")
    expect_language(page, "en-gb")

    page.get_by_role("button", name="Deutsch").click()
    expect_language(page, "de")
    expect(page).to_have_url(re.compile(r"^[^/]+//[^/]+/$"))

    page.locator(".header a[href='/browse/']").click()
    expect(page).to_have_url(re.compile(r"/browse/$"))
    expect_language(page, "de")


def test_a_search_is_kept_when_the_language_changes_and_changes_back(page: Page, works):
    page.goto("/browse/?q=wave")
    expect(page.locator("#works > li")).to_have_count(2)

    for language in ("de", "en-gb"):
        switch(page, language).click()

        expect_language(page, language)
        expect(page).to_have_url(re.compile(r"/browse/\?q=wave$"))
        expect(page.locator("#works > li")).to_have_count(2)


def test_the_switch_is_reached_and_used_by_keyboard(page: Page, works):
    page.goto("/")

    page.get_by_role("button", name="Deutsch").focus()
    page.keyboard.press("Enter")

    expect_language(page, "de")


def test_a_german_browser_gets_german_at_once_and_its_scripts_have_the_catalogue(browser: Browser, live_server, works):
    context = browser.new_context(base_url=live_server.url, locale="de-DE")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto("/browse/")

    expect_language(page, "de")
    assert page.evaluate("typeof window.django.gettext") == "function"
    assert complaints == []
    context.close()


def test_a_german_browser_can_choose_english(browser: Browser, live_server, works):
    context = browser.new_context(base_url=live_server.url, locale="de-DE")
    page = context.new_page()
    page.goto("/")

    switch(page, "en-gb").click()
    expect_language(page, "en-gb")
    page.goto("/browse/")

    expect_language(page, "en-gb")
    assert page.evaluate("typeof window.django") == "undefined"
    context.close()
