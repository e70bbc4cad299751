"""The names of groups on the map: none covers another or the tools, and few are shown on a small screen."""

import pytest
from playwright.sync_api import Page

from similarity.groups.maps import points
from tests.browser.map.opening import open_map

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crowded(monkeypatch) -> None:
    """Many groups of the first level, whose labels crowd in the upper left of the map."""
    header_of = points.header_of
    names = [
        {"number": n, "name": f"Landscapes {n}", "size": 100 - n, "parent": None, "x": n % 7 / 10, "y": n / 50}
        for n in range(40)
    ]
    monkeypatch.setattr(points, "header_of", lambda *given: header_of(*given) | {"groups": names})


def boxes(page: Page) -> list[dict[str, float]]:
    shown = page.locator(".map__label:not([hidden])")
    return [box for box in (label.bounding_box() for label in shown.all()) if box]


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900)])
def test_no_label_covers_another_or_the_tools(drawn, works, crowded, width, height):
    drawn.set_viewport_size({"width": width, "height": height})
    open_map(drawn)

    labels = boxes(drawn)
    tools = drawn.locator("#map-tools").bounding_box()
    stage = drawn.locator("#map-stage").bounding_box()

    assert 3 <= len(labels) <= stage["width"] * stage["height"] / 30_000
    assert not [label for label in labels if overlap(label, tools)]
    assert not [pair for n, one in enumerate(labels) for pair in labels[:n] if overlap(one, pair)]
