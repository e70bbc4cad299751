"""A visitor enlarges a picture: by mouse, keys and buttons, on a phone, without tiles and without scripts."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from collection.models import ArtworkImage
from tests.browser.conftest import PAGE_MS
from tests.collection.iiif.zoomable import a_zoomable, make_tiles
from tests.factories import a_painted_image, a_work

pytestmark = pytest.mark.browser
LINK = re.compile("Enlarge")
# A library that fails after it has begun to build its viewer.
FAULTY = 'window.OpenSeadragon = ({ element }) => { element.append("half a viewer"); throw new Error("no canvas"); };'
# The share of the picture's width that the viewer shows: 1 or more for the whole picture.
SHOWN = "() => window.OpenSeadragon.getViewer('enlarged-picture').viewport.getBounds().width"


@pytest.fixture
def image(transactional_db, media) -> ArtworkImage:
    return a_zoomable(a_work(title="A large picture"), size=(3000, 2000))


def opened(page: Page, image: ArtworkImage) -> None:
    """Open the work and enlarge its picture. Return once a tile is drawn."""
    with page.expect_response(re.compile(r"/iiif/3/\d+/.*default\.jpg")) as answer:
        page.goto(image.artwork.get_absolute_url())
        page.get_by_role("link", name=LINK).click()
    assert answer.value.ok
    expect(page.get_by_role("dialog", name="Enlarged picture")).to_be_visible()


def until(page: Page, holds: Callable[[float], bool]) -> None:
    """Return once the share of the width that is shown fulfils the condition. The policy forbids wait_for_function."""
    end = time.monotonic() + PAGE_MS / 1000
    while not holds(page.evaluate(SHOWN)):
        assert time.monotonic() < end
        page.wait_for_timeout(20)


def test_a_picture_is_enlarged_by_buttons_and_shown_whole_again(page: Page, image):
    opened(page, image)
    whole = page.evaluate(SHOWN)

    page.get_by_role("button", name="Zoom in").click()
    until(page, lambda share: share < whole * 0.7)
    page.get_by_role("button", name="Whole picture").click()
    until(page, lambda share: share > whole * 0.99)
    page.get_by_role("button", name="Close").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name=LINK)).to_be_focused()


def test_keys_enlarge_move_and_close(page: Page, image):
    opened(page, image)
    whole = page.evaluate(SHOWN)

    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("+")
    until(page, lambda share: share < whole * 0.8)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("0")
    until(page, lambda share: share > whole * 0.99)
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_wheel_enlarges_at_once_with_reduced_motion(page: Page, image):
    page.emulate_media(reduced_motion="reduce")
    opened(page, image)
    whole = page.evaluate(SHOWN)

    page.mouse.move(600, 400)
    page.mouse.wheel(0, -300)

    until(page, lambda share: share < whole * 0.95)


def test_a_picture_can_be_opened_again_after_it_was_closed(page: Page, image):
    opened(page, image)
    page.keyboard.press("Escape")

    page.get_by_role("link", name=LINK).click()

    expect(page.get_by_role("dialog", name="Enlarged picture")).to_be_visible()
    expect(page.locator("#enlarged-picture canvas")).to_have_count(1)


def test_everything_fits_on_a_phone(page: Page, image):
    page.set_viewport_size({"width": 390, "height": 700})
    opened(page, image)

    close = page.get_by_role("button", name="Close").bounding_box()

    assert close["x"] >= 0
    assert close["x"] + close["width"] <= 390
    assert close["y"] + close["height"] <= 700
    assert page.evaluate("document.getElementById('enlarged').scrollWidth") <= 390


@pytest.mark.parametrize(("has_scripts", "has_tiles"), [(True, False), (False, True)])
def test_without_tiles_or_scripts_the_link_opens_the_largest_derivative(
    browser: Browser, live_server, transactional_db, media, has_scripts, has_tiles
):
    image = a_painted_image()
    if has_tiles:
        make_tiles(image)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=has_scripts)
    page = context.new_page()
    page.goto(image.artwork.get_absolute_url())

    page.get_by_role("link", name=LINK).click()

    expect(page).to_have_url(re.compile(rf"/pictures/{image.pk}/1200\.webp$"))
    context.close()


def test_if_the_viewer_fails_the_link_opens_the_largest_derivative_and_no_dialog_is_left(page: Page, image):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(re.compile("openseadragon"), lambda route: route.fulfill(body=FAULTY, content_type="text/javascript"))
    page.route(re.compile(r"/1200\.webp$"), lambda route: route.fulfill(status=204))  # the page stays
    page.goto(image.artwork.get_absolute_url())

    with page.expect_request(re.compile(rf"/pictures/{image.pk}/1200\.webp$")) as followed:
        page.get_by_role("link", name=LINK).click()

    assert followed.value.is_navigation_request()
    expect(page.locator("#enlarged")).to_be_hidden()
    expect(page.locator("#enlarged-picture")).to_be_empty()
    assert errors == []
