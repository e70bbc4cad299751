"""A visitor browses in a browser: filters, back, more works, a phone; and all of it without scripts."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from collection.browsing import paging
from tests.factories import a_collection, a_work, an_image

pytestmark = pytest.mark.browser


@pytest.fixture
def prints(transactional_db, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_SIZE", 4)
    collection = a_collection(slug="prints", title="Prints")
    for number in range(6):
        a_work(collection, title=f"Wave {number}", classification="Print" if number % 2 else "Drawing")
    return collection


def test_a_filter_renews_the_works_and_the_address_and_keeps_the_focus(page: Page, prints):
    page.goto("/browse/")

    page.get_by_label(re.compile("Drawing")).check()

    expect(page.locator(".results__count")).to_have_text("3 works")
    expect(page).to_have_url(re.compile(r"/browse/\?classification=Drawing$"))
    expect(page.get_by_label(re.compile("Drawing"))).to_be_focused()


def test_going_back_shows_what_was_there_before(page: Page, prints):
    page.goto("/browse/")
    page.get_by_label(re.compile("Drawing")).check()
    expect(page.locator(".results__count")).to_have_text("3 works")

    page.go_back()

    expect(page.locator(".results__count")).to_have_text("6 works")
    expect(page.get_by_label(re.compile("Drawing"))).not_to_be_checked()


@pytest.mark.parametrize("address", ["/browse/", "/collections/prints/"])
def test_more_works_are_added_below_when_the_end_is_seen(page: Page, prints, address: str):
    page.set_viewport_size({"width": 390, "height": 400})
    page.goto(address)
    expect(page.locator("#works > li")).to_have_count(4)

    page.get_by_role("link", name="More works").scroll_into_view_if_needed()

    expect(page.locator("#works > li")).to_have_count(6)
    expect(page.get_by_role("link", name="More works")).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"{address}\?pages=2$"))


def test_after_four_pages_a_button_waits_so_that_the_footer_can_be_reached_by_keys(page: Page, prints):
    for number in range(20):
        a_work(prints, title=f"More {number}")
    page.set_viewport_size({"width": 390, "height": 400})
    page.goto("/browse/")
    more = page.get_by_role("link", name="More works")

    for pages in (2, 3, 4):
        more.scroll_into_view_if_needed()
        expect(page.locator("#works > li")).to_have_count(4 * pages)
    expect(more).to_have_attribute("hx-trigger", "click")
    more.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("contentinfo").get_by_role("link").first).to_be_focused()
    expect(page.locator("#works > li")).to_have_count(16)

    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#works > li")).to_have_count(20)
    expect(page).to_have_url(re.compile(r"/browse/\?pages=5$"))


def test_a_filter_chosen_while_more_works_load_is_not_undone_by_them(page: Page, prints):
    for number in range(20):
        a_work(prints, title=f"More {number}", classification="Print")
    slow: list[Route] = []
    page.route(re.compile("after="), lambda route: slow.append(route))  # an answer that never comes
    page.goto("/browse/")
    with page.expect_request(re.compile("after=")):
        page.get_by_role("link", name="More works").scroll_into_view_if_needed()

    page.get_by_label(re.compile("Drawing")).check()

    expect(page.locator(".results__count")).to_have_text("3 works")
    expect(page).to_have_url(re.compile(r"/browse/\?classification=Drawing$"))
    assert [route.request.failure for route in slow] == ["net::ERR_ABORTED"]


def test_back_from_a_work_finds_the_place_among_more_works(page: Page, prints):
    page.set_viewport_size({"width": 390, "height": 400})
    page.goto("/browse/")
    page.get_by_role("link", name="More works").scroll_into_view_if_needed()
    last = page.locator("#works > li").nth(5)
    last.get_by_role("link").click()
    expect(page.locator(".work__title")).to_have_text("Wave 0")

    page.go_back()

    expect(page.locator("#works > li")).to_have_count(6)
    expect(last).to_be_in_viewport()


def test_a_maker_who_is_not_listed_is_found_by_typing(page: Page, prints):
    for number in range(30):
        a_work(prints, creators=[f"Maker {number}"])
    a_work(prints, creators=["Zoe Last", "Maker 1"])
    page.goto("/browse/")
    expect(page.get_by_label("Zoe Last")).to_have_count(0)

    page.get_by_label("Find a name: Artist or maker").press_sequentially("zoe")
    page.get_by_label("Zoe Last").check()

    expect(page.locator(".results__count")).to_have_text("1 work")
    expect(page).to_have_url(re.compile(r"/browse/\?creator=Zoe\+Last$"))
    expect(page.get_by_label("Find a name: Artist or maker")).to_have_value("zoe")


def test_on_a_phone_the_filters_lie_over_the_works_until_asked_to_show_them(page: Page, prints):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/browse/")
    expect(page.get_by_label(re.compile("Drawing"))).to_be_hidden()

    page.get_by_role("button", name="Filters").click()
    page.get_by_label(re.compile("Drawing")).check()
    page.get_by_role("button", name="Show works").click()

    expect(page.get_by_label(re.compile("Drawing"))).to_be_hidden()
    expect(page.locator(".results__count")).to_have_text("3 works")


@pytest.mark.parametrize("width_px", [390, 1280])
def test_no_page_is_wider_than_its_window(page: Page, prints, width_px):
    work = a_work(prints, title="Long" * 60, creators=["Name" * 40], accession_number="1" * 100)
    an_image(work, width_px=4000, height_px=100)
    page.set_viewport_size({"width": width_px, "height": 800})

    for address in ("/", "/browse/", "/collections/prints/", work.get_absolute_url(), "/login/", "/nowhere/"):
        page.goto(address)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address


def test_browsing_works_without_scripts(browser, live_server, prints):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/browse/")

    page.get_by_role("link", name="More works").click()
    expect(page.locator("#works > li")).to_have_count(2)

    page.get_by_label(re.compile("Drawing")).check()
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".results__count")).to_have_text("3 works")
    context.close()
