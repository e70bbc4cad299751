"""The pin of a search by picture, and a page of the map that stays open while a new version goes live."""

import pytest
from playwright.sync_api import expect

from similarity.groups.maps import placed
from similarity.image_query import answers, searches
from similarity.index import store
from similarity.models import Embedding
from similarity.workers import ephemeral
from tests.browser.map.opening import open_map
from tests.similarity.groups.built_overviews import build
from tests.similarity.placed_works import embedded_work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def searched(work) -> str:
    """Store the answer to a search by a picture that looks exactly like this work. Return its token."""
    space = placed.current().space
    vector = store.as_array(Embedding.objects.get(space=space, image__artwork=work).vector)
    answer = answers.Answer("ready", vectors={space.pk: vector[None]})
    with ephemeral.connect() as redis:
        redis.set(searches.answer_key("a-token"), answers.to_json(answer), ex=60)
    return "a-token"


def test_a_search_by_picture_drops_a_pin_beside_the_works_that_look_like_it(drawn, works):
    open_map(drawn, f"?token={searched(works[4])}")

    pin = drawn.locator("#map-pin")
    expect(pin).to_be_visible()
    page = drawn.locator("#map")
    own = placed.current().placements.get(work=works[4])
    assert float(page.get_attribute("data-x")) == pytest.approx(own.x, abs=0.01)
    assert float(page.get_attribute("data-y")) == pytest.approx(own.y, abs=0.01)
    canvas, box = drawn.locator("#map-canvas").bounding_box(), pin.bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(canvas["x"] + canvas["width"] / 2, abs=2)
    assert box["y"] + box["height"] == pytest.approx(canvas["y"] + canvas["height"] / 2, abs=2)


def test_a_page_left_open_over_a_switch_keeps_its_sheets_and_then_loads_the_new_version(drawn, works):
    drawn.clock.install()
    open_map(drawn)
    old = placed.current()
    embedded_work(works[0].collection, 1.5, title="Quokka new")

    build()

    assert placed.current().pk != old.pk
    assert drawn.request.get(f"/map/sheets/{old.pk}/0.jpg").status == 200
    drawn.clock.fast_forward(61_000)
    with drawn.expect_response("**/map/data") as found:
        drawn.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert b'"count": 13' in found.value.body()
    assert f'"overview": {placed.current().pk}'.encode() in found.value.body()
