"""A picture chosen, places on it pointed at, and what comes of it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from collection.models import Artwork

LEFT, RIGHT = 3, 7  # seeds of what the visitor's picture shows in its halves


def choose(page: Page, path: Path) -> None:
    page.goto("/search/picture/")
    page.wait_for_load_state()
    page.set_input_files("input[type=file]", path)
    expect(page.locator(".cropper__stage")).to_be_visible()


def point(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place on the picture, in fractions, is on the screen."""
    page.locator(".cropper__stage").scroll_into_view_if_needed()
    box = page.locator(".cropper__stage").bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*point(page, *start))
    page.mouse.down()
    page.mouse.move(*point(page, *end), steps=5)
    page.mouse.up()


def marked(page: Page) -> list[float]:
    """x, y, width, height as they would be sent; empty where the whole picture is searched."""
    return page.evaluate(
        "['x', 'y', 'width', 'height'].map(name => document.forms['picture-search'].elements[name])"
        ".filter(field => !field.disabled).map(field => Number(field.value))"
    )


def expect_first(page: Page, work: Artwork) -> None:
    first = page.locator("#answer .work-card").first.get_by_role("link")
    expect(first).to_have_attribute("href", work.get_absolute_url())
