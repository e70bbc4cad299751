"""The map is moved by fingers."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.map.opening import open_map

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Fingers = list[tuple[float, float]]


def touch(page: Page, *steps: Fingers) -> None:
    """Put fingers on the map, move them from step to step and lift them. Places are CSS pixels from its middle."""
    box = page.locator("#map-canvas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    for number, fingers in enumerate(steps):
        points = [{"x": x + dx, "y": y + dy, "id": place} for place, (dx, dy) in enumerate(fingers)]
        kind = "touchMove" if number else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def view(page: Page) -> dict[str, float]:
    """Return the place and the zoom of the address, once it has them."""
    page.wait_for_url("**/map/?*zoom=*")
    query = parse_qs(urlsplit(page.url).query)
    return {name: float(query[name][0]) for name in ("x", "y", "zoom")}


def test_two_fingers_zoom_the_map(drawn, works):
    open_map(drawn)

    touch(drawn, [(-40, 0), (40, 0)], [(-45, 0), (45, 0)], [(-52, 0), (52, 0)])

    found = view(drawn)
    assert found["zoom"] == pytest.approx(1.3, abs=0.05)
    assert (found["x"], found["y"]) == pytest.approx((0.5, 0.5), abs=0.1)
    expect(drawn.locator("#map-card")).to_be_hidden()


def test_one_finger_moves_the_map_and_selects_nothing(drawn, works):
    open_map(drawn)

    touch(drawn, [(0, 0)], [(-40, 0)], [(-150, -60)])

    found = view(drawn)
    assert found["x"] > 0.55
    assert found["y"] > 0.52
    assert found["zoom"] == pytest.approx(1.0)
    expect(drawn.locator("#map-card")).to_be_hidden()


def test_a_tap_selects_a_work(drawn, works):
    open_map(drawn, f"?work={works[4].pk}")
    drawn.locator("#map-canvas").focus()
    drawn.keyboard.press("Escape")

    touch(drawn, [(0, 0)])

    expect(drawn.locator("#map-card .map-card__title")).to_have_text("Quokka 4")
