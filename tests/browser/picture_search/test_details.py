"""A detail is marked by mouse, finger or keys, and searched by alone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.picture_search.pointing import LEFT, RIGHT, choose, drag, expect_first, marked, point

pytestmark = pytest.mark.browser


def test_each_detail_of_a_picture_is_searched_without_leaving_the_page(page: Page, works, two_in_one: Path):
    choose(page, two_in_one)

    drag(page, (0.5, 0.005), (0.995, 0.995))
    page.get_by_role("button", name="Search by this detail").click()
    expect_first(page, works[RIGHT])
    first_address = page.url
    drag(page, (0.02, 0.01), (0.25, 0.5))  # beside the first
    drag(page, (0.25, 0.5), (0.005, 0.005))
    page.get_by_role("button", name="Whole picture").click()
    drag(page, (0.005, 0.005), (0.5, 0.995))
    page.get_by_role("button", name="Search by this detail").click()

    expect_first(page, works[LEFT])
    assert re.search(r"/search/picture/[\w-]+/$", page.url)
    assert page.url != first_address
    expect(page.locator(".cropper__picture")).to_be_visible()


def test_a_detail_is_marked_moved_and_sized_by_keys(page: Page, works, two_in_one: Path):
    choose(page, two_in_one)

    page.get_by_role("button", name="Mark a detail").click()
    expect(page.locator(".cropper__detail")).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowLeft", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert marked(page) == pytest.approx([0.27, 0.27, 0.48, 0.52])
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    assert marked(page) == pytest.approx([0.52, 0.27, 0.48, 0.52])
    page.keyboard.press("Enter")
    expect(page.locator("#answer .work-card")).to_have_count(8)
    page.locator(".cropper__detail").focus()
    page.keyboard.press("Escape")

    assert marked(page) == []
    expect(page.get_by_role("button", name="Mark a detail")).to_be_focused()
    expect(page.get_by_role("button", name="Find similar works")).to_be_visible()


def test_a_marked_detail_is_moved_and_resized_by_the_mouse_and_a_click_beside_it_removes_it(
    page: Page, works, two_in_one: Path
):
    choose(page, two_in_one)

    drag(page, (0.2, 0.2), (0.6, 0.6))
    assert marked(page) == pytest.approx([0.2, 0.2, 0.4, 0.4], abs=0.01)
    drag(page, (0.4, 0.4), (0.9, 0.45))  # moved, as far as there is picture
    assert marked(page) == pytest.approx([0.6, 0.25, 0.4, 0.4], abs=0.01)
    drag(page, (0.6, 0.25), (0.5, 0.05))  # by its corner
    assert marked(page) == pytest.approx([0.5, 0.05, 0.5, 0.6], abs=0.01)
    page.mouse.click(*point(page, 0.1, 0.9))

    assert marked(page) == []


def test_a_finger_marks_a_detail(phone: Page, works, two_in_one: Path):
    choose(phone, two_in_one)
    devtools = phone.context.new_cdp_session(phone)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [dict(zip(("x", "y"), point(phone, *place), strict=True)) for place in places]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (0.52, 0.02))
    touch("touchMove", (0.8, 0.6))
    touch("touchMove", (0.98, 0.98))
    touch("touchEnd")

    assert marked(phone) == pytest.approx([0.52, 0.02, 0.46, 0.96], abs=0.02)
    phone.get_by_role("button", name="Search by this detail").click()
    expect_first(phone, works[RIGHT])
    assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")
