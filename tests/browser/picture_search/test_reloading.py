"""The browser keeps the picture and the marked detail of a search until the visitor leaves it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.picture_search.pointing import LEFT, RIGHT, choose, drag, expect_first, marked

pytestmark = pytest.mark.browser
HALF = [0.5, 0.005, 0.495, 0.99]


@pytest.fixture
def searched(page: Page, works, two_in_one: Path) -> Page:
    """The right half of a picture is searched."""
    choose(page, two_in_one)
    drag(page, (0.5, 0.005), (0.995, 0.995))
    page.get_by_role("button", name="Search by this detail").click()
    expect_first(page, works[RIGHT])
    return page


def expect_picture_with_detail(page: Page) -> None:
    expect(page.locator(".cropper__picture")).to_be_visible()
    expect(page.locator(".cropper__detail")).to_be_visible()
    assert marked(page) == pytest.approx(HALF, abs=0.02)


def is_stored(page: Page) -> bool:
    return page.evaluate("Object.values(sessionStorage).some(value => value.includes('data:image'))")


def test_a_reload_keeps_the_picture_and_the_detail_for_the_next_search(searched: Page, works):
    searched.reload()

    expect_picture_with_detail(searched)
    before = searched.url
    searched.get_by_role("button", name="Whole picture").click()
    drag(searched, (0.005, 0.005), (0.495, 0.995))
    searched.get_by_role("button", name="Search by this detail").click()
    searched.wait_for_url(lambda url: url != before)
    expect_first(searched, works[LEFT])


def test_back_from_a_work_finds_the_picture_again(searched: Page):
    searched.locator("#answer .work-card").first.get_by_role("link").click()
    searched.wait_for_url("**/works/*/")

    searched.go_back()

    expect_picture_with_detail(searched)


def test_another_lens_keeps_them_over_a_reload(searched: Page):
    searched.get_by_role("link", name="Colour").click()
    searched.wait_for_url("**/?lens=colour")

    searched.reload()

    expect_picture_with_detail(searched)


def test_whoever_leaves_the_search_leaves_no_picture_behind(searched: Page):
    assert is_stored(searched)
    results = searched.url

    searched.get_by_role("navigation", name="Main").get_by_role("link", name="Browse").click()
    searched.wait_for_url("**/browse/")
    searched.wait_for_load_state()
    was_stored_elsewhere = is_stored(searched)
    searched.goto(results)

    expect(searched.locator("#answer .work-card")).to_have_count(8)
    expect(searched.locator(".picture-search")).to_be_hidden()
    assert not was_stored_elsewhere


def test_another_tab_has_no_copy(searched: Page):
    other = searched.context.new_page()
    other.goto(searched.url)

    expect(other.locator("#answer .work-card")).to_have_count(8)
    assert not is_stored(other)
