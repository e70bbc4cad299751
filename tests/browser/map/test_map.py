"""The map in a browser. Chromium draws WebGL by its software renderer."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from similarity.groups.maps import map_address
from tests.browser.map.opening import colours_on, open_map

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_map_draws_works_and_enter_opens_the_card_of_the_work_in_the_middle(drawn, works):
    open_map(drawn, f"?work={works[4].pk}")
    expect(drawn.locator("#map-card .map-card__title")).to_have_text("Quokka 4")
    assert colours_on(drawn) > 1

    drawn.locator("#map-canvas").focus()
    drawn.keyboard.press("Escape")
    expect(drawn.locator("#map-card")).to_be_hidden()
    drawn.keyboard.press("Enter")
    expect(drawn.locator("#map-card .map-card__title")).to_have_text("Quokka 4")
    drawn.keyboard.press("Enter")

    drawn.wait_for_url(f"**/works/{works[4].pk}/")


def test_a_click_selects_a_work_and_the_address_keeps_it(drawn, works):
    open_map(drawn, f"?work={works[4].pk}")
    drawn.locator("#map-canvas").focus()
    drawn.keyboard.press("Escape")
    box = drawn.locator("#map-canvas").bounding_box()

    drawn.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(drawn.locator("#map-card .map-card__title")).to_have_text("Quokka 4")
    drawn.wait_for_url(f"**/map/?*work={works[4].pk}*")


def draw_around_all(page: Page) -> None:
    """Choose all works by a rectangle."""
    box = page.locator("#map-canvas").bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 110, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] - 2, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")


def test_a_large_set_has_an_address_with_its_first_works(drawn, works, monkeypatch):
    monkeypatch.setattr(map_address, "SET_LIMIT", 5)
    open_map(drawn)

    draw_around_all(drawn)

    expect(drawn.locator(".map__limit")).to_have_text("The list and the address have only the first 5.")
    drawn.wait_for_url("**/map/?*works=*")
    assert len(parse_qs(urlsplit(drawn.url).query)["works"][0].split(",")) == 5


def test_a_lost_graphics_context_comes_back_with_the_same_picture(drawn, works):
    open_map(drawn, f"?works={works[2].pk},{works[7].pk}")
    expect(drawn.locator(".map__count")).to_have_text("2 works chosen")
    drawn.wait_for_load_state("networkidle")
    before = drawn.locator("#map-canvas").screenshot()

    drawn.evaluate("""async () => {
        const canvas = document.getElementById("map-canvas");
        const once = (name) => new Promise((done) => canvas.addEventListener(name, done, { once: true }));
        const extension = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
        const lost = once("webglcontextlost");
        extension.loseContext();
        await lost;
        const restored = once("webglcontextrestored");
        setTimeout(() => extension.restoreContext());
        await restored;
    }""")

    pictures = (drawn.locator("#map-canvas").screenshot() for _ in range(40))  # until the sheet is drawn again
    assert any(picture == before for picture in pictures)
    expect(drawn.locator(".map__count")).to_have_text("2 works chosen")
    assert f"works={works[2].pk}" in drawn.url


def test_a_rectangle_chooses_works_that_can_be_shown_as_a_list(drawn, works):
    open_map(drawn)
    draw_around_all(drawn)

    expect(drawn.locator(".map__count")).to_have_text("12 works chosen")
    drawn.get_by_role("link", name="Show as a list").click()

    expect(drawn.get_by_text("12 chosen works")).to_be_visible()


def test_keys_move_and_zoom_the_view_in_the_address(drawn, works):
    open_map(drawn)
    drawn.locator("#map-canvas").focus()

    drawn.keyboard.press("+")
    drawn.keyboard.press("+")
    drawn.keyboard.press("ArrowRight")

    drawn.wait_for_url("**/map/?x=*zoom=1.*")  # as close as a map of 12 works goes


def test_the_list_is_walked_by_keyboard_alone(drawn, works):
    open_map(drawn)
    drawn.locator("#as-map").focus()
    drawn.keyboard.press("Tab")
    drawn.keyboard.press("Enter")
    drawn.wait_for_url("**/map/?*as=list*")

    first = drawn.locator(".map__list .work-card__link").first
    for _ in range(40):
        drawn.keyboard.press("Tab")
        if first.evaluate("link => link === document.activeElement"):
            break
    drawn.keyboard.press("Enter")

    drawn.wait_for_url("**/works/*/")


def test_without_webgl_the_list_takes_the_place_of_the_map(page, works):
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")

    page.goto("/map/")

    expect(page.get_by_text("This browser cannot draw the map")).to_be_visible()
    expect(page.locator(".map__kinds [aria-current=page]")).to_have_text("List")
    expect(page.get_by_role("link", name="Quokka 3")).to_be_visible()


def test_without_scripts_the_list_is_shown(browser, live_server, works):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    tab = context.new_page()

    tab.goto("/map/")

    expect(tab.get_by_role("link", name="Quokka 3")).to_be_visible()
    context.close()


def test_the_address_has_no_empty_fields_and_no_bare_question_mark(drawn, works):
    open_map(drawn, "?q=&century=")
    drawn.wait_for_url("**/map/")
    assert not drawn.url.endswith("?")

    open_map(drawn, "?q=quokka")
    expect(drawn.get_by_role("link", name="Show all")).to_have_attribute("href", "/map/")
