"""A visitor compares two works closely: both together, each alone, and by an address that was shared."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from collection.models import ArtworkImage
from tests.browser.conftest import PAGE_MS
from tests.collection.iiif.zoomable import a_zoomable
from tests.factories import a_work

pytestmark = pytest.mark.browser
ZOOMS = """() => [1, 2].map((number) => {
  const { viewport } = window.OpenSeadragon.getViewer(`compare-${number}`);
  return viewport.getZoom() / viewport.getHomeZoom();
})"""


@pytest.fixture
def images(transactional_db, media) -> list[ArtworkImage]:
    """A landscape and a portrait."""
    return [a_zoomable(a_work(title=f"Picture {size[0]}"), size=size) for size in ((1500, 1000), (1000, 1400))]


def address(images: list[ArtworkImage], fragment: str = "") -> str:
    one, other = (image.artwork_id for image in images)
    return f"/works/{one}/compare/{other}/{fragment}"


def opened(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("#compare").hover()
    expect(page.locator("#compare[data-open]")).to_be_visible()


def until(page: Page, holds: Callable[[list[float]], bool]) -> None:
    """Return once the zooms of both pictures fulfil the condition. The policy forbids wait_for_function."""
    end = time.monotonic() + PAGE_MS / 1000
    while not holds(page.evaluate(ZOOMS)):
        assert time.monotonic() < end, page.evaluate(ZOOMS)
        page.wait_for_timeout(20)


def test_what_enlarges_one_picture_enlarges_the_other_as_much(page: Page, images):
    opened(page, address(images))

    page.locator("#compare-1 .openseadragon-canvas").press("+")

    until(page, lambda zooms: min(zooms) > 1.05 and zooms[0] == pytest.approx(zooms[1], rel=0.02))


def test_each_picture_is_enlarged_alone_once_they_are_apart(page: Page, images):
    opened(page, address(images))

    page.get_by_label("Move both together").uncheck()
    page.locator("#compare-2 .openseadragon-canvas").press("+")

    until(page, lambda zooms: zooms[1] > 1.05)
    assert page.evaluate(ZOOMS)[0] == pytest.approx(1, abs=0.01)


def test_the_address_shows_another_visitor_the_same(page: Page, images):
    opened(page, address(images))
    page.get_by_role("button", name="Zoom in").click()
    expect(page).to_have_url(re.compile(r"#linked=1&a=[\d.]+,[\d.]+,1\.6"))
    shared = page.url

    page.goto("/")
    opened(page, shared)

    until(page, lambda zooms: zooms == pytest.approx([1.6, 1.6], rel=0.02))


def test_a_tool_works_as_the_first_thing_that_is_pressed(page: Page, images):
    page.goto(address(images))
    page.get_by_role("button", name="Zoom in").press("Enter")

    expect(page.locator("#compare[data-open]")).to_be_visible()
    until(page, lambda zooms: zooms == pytest.approx([1.6, 1.6], rel=0.02))


def test_nothing_is_loaded_to_enlarge_the_pictures_before_the_visitor_does_anything(page: Page, images):
    page.goto(address(images), wait_until="networkidle")

    expect(page.locator(".compare__picture img")).to_have_count(2)
    assert page.locator("script[src*=openseadragon]").count() == 0


@pytest.mark.parametrize("fragment", ["#a=x,y,z", "#linked=0&a=1e999,0,1", "#a=0.5,0.5,-4", "#<script>", "#%"])
def test_a_fragment_that_says_nothing_shows_the_whole_pictures(page: Page, images, fragment: str):
    opened(page, address(images, fragment))

    until(page, lambda zooms: zooms == pytest.approx([1, 1], abs=0.01))


def test_without_scripts_both_pictures_are_shown(browser: Browser, live_server, images):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()

    page.goto(address(images))

    expect(page.locator(".compare__picture img")).to_have_count(2)
    expect(page.get_by_role("button", name="Zoom in")).to_be_hidden()
    context.close()
