"""Open the map and look at its canvas."""

from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect


def colours_on(page: Page) -> int:
    """Return how many colours a picture of the canvas has."""
    with Image.open(BytesIO(page.locator("#map-canvas").screenshot())) as picture:
        return len(picture.convert("RGB").getcolors(10**6) or [])


def open_map(page: Page, query: str = "") -> None:
    page.goto(f"/map/{query}")
    expect(page.locator("#map-state")).to_be_hidden()
