"""A visitor looks through lenses in a browser: in place, by keys, back again, and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from collection.models import Artwork
from tests import factories, fakes
from tests.similarity.placed_works import a_work_seen, see

pytestmark = pytest.mark.browser

LENSES = ("look", "colour")


@pytest.fixture
def work(transactional_db) -> Artwork:
    """With kin: Red is nearest in colour, Round in look."""
    embedder = fakes.FakeEmbedder(lenses=LENSES)
    opened = {lens: fakes.opened(embedder, lens) for lens in LENSES}
    collection = factories.a_collection(title="Prints")
    a_work_seen(opened, collection, 0.1, 1.0, title="Round", culture="Dutch")
    a_work_seen(opened, collection, 1.0, 0.1, title="Red", culture="Greek", medium="Red clay " * 30)
    return a_work_seen(opened, collection, 0.0, 0.0, title="Asked about")


def expect_first(page: Page, title: str) -> None:
    expect(page.locator("#similar .work-card__title").first).to_have_text(title)


def test_a_lens_is_switched_in_place_and_stays_after_reload_and_back(page: Page, work):
    page.goto(work.get_absolute_url())
    expect_first(page, "Round")

    page.get_by_role("link", name="Colour", exact=True).click()
    expect_first(page, "Red")
    expect(page).to_have_url(re.compile(rf"/works/{work.pk}/\?lens=colour$"))
    expect(page.get_by_role("link", name="Colour", exact=True)).to_be_focused()

    page.reload()
    expect_first(page, "Red")

    page.go_back()
    expect_first(page, "Round")
    expect(page).to_have_url(re.compile(rf"/works/{work.pk}/$"))


def test_lens_and_view_are_kept_with_each_other_on_the_way_to_the_least_alike_and_back(page: Page, work):
    verso = factories.an_image(work, view_label="verso")
    page.goto(work.get_absolute_url())

    page.get_by_role("link", name="Colour", exact=True).click()
    expect_first(page, "Red")
    page.locator(f"#view-{verso.pk}").click()
    expect(page).to_have_url(re.compile(rf"/works/{work.pk}/\?lens=colour&view={verso.pk}$"))
    expect(page.locator(".viewer__label")).to_have_text("Verso")

    page.get_by_role("link", name="What looks least like it").click()
    expect(page).to_have_url(re.compile(rf"/dissimilar/\?lens=colour&view={verso.pk}$"))
    page.get_by_role("link", name="Asked about").click()
    expect(page.locator(".viewer__label")).to_have_text("Verso")
    expect_first(page, "Red")

    page.get_by_role("link", name="Look", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/works/{work.pk}/\?view={verso.pk}$"))


def test_another_view_brings_its_own_kin_through_the_lens_that_was_chosen(page: Page, work):
    verso = factories.an_image(work, view_label="verso")
    see({lens: fakes.opened(fakes.FakeEmbedder(lenses=LENSES), lens) for lens in LENSES}, verso, 1.0, 1.0)
    page.goto(work.get_absolute_url())
    expect_first(page, "Round")
    page.get_by_role("link", name="Colour", exact=True).click()
    expect_first(page, "Red")

    page.locator(f"#view-{verso.pk}").click()

    expect(page.get_by_text("Compared by view 2 of 2 (verso).")).to_be_visible()
    expect_first(page, "Round")
    expect(page).to_have_url(re.compile(rf"/works/{work.pk}/\?lens=colour&view={verso.pk}$"))


def test_why_leads_back_to_the_blend_that_it_was_asked_from(page: Page, work):
    page.goto(f"{work.get_absolute_url()}?look=30&colour=70")
    expect_first(page, "Red")

    page.get_by_role("link", name="Why? Red").click()
    page.get_by_role("link", name="Asked about").first.click()

    expect(page.get_by_text("A blend: look 30 %, colour 70 %.")).to_be_visible()


def test_one_step_back_leaves_a_work_that_was_only_looked_at(page: Page, work):
    page.goto("/browse/")
    page.goto(f"{work.get_absolute_url()}?lens=colour")
    expect_first(page, "Red")

    page.go_back()

    expect(page).to_have_url(re.compile(r"/browse/$"))


def test_a_blend_is_mixed_by_keys_and_keeps_the_focus(page: Page, work):
    page.goto(work.get_absolute_url())
    page.get_by_text("Blend lenses").click()
    colour = page.get_by_role("slider", name="Colour")

    colour.focus()
    colour.press("End")

    expect(page).to_have_url(re.compile(r"\?look=100&colour=100$"))
    expect(page.get_by_text("A blend: look 50 %, colour 50 %.")).to_be_visible()
    expect(colour).to_be_focused()

    page.get_by_role("slider", name="Look").press("Home")

    expect(page).to_have_url(re.compile(r"\?lens=colour$"))
    expect_first(page, "Red")
    expect(page.get_by_role("slider", name="Look")).to_be_focused()

    page.get_by_role("slider", name="Colour").press("Home")

    expect(page.get_by_text("At least one share must be above 0. Until then")).to_be_visible()
    expect(page.get_by_role("slider", name="Colour")).to_have_value("0")
    expect(page.get_by_role("slider", name="Look")).to_have_value("0")


def test_lenses_and_blends_work_without_scripts(browser, live_server, work):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{work.get_absolute_url()}?lens=colour")

    page.get_by_role("link", name="Works that look alike").click()
    expect_first(page, "Red")

    page.get_by_role("link", name="Look", exact=True).click()
    expect_first(page, "Round")

    page.get_by_text("Blend lenses").click()
    page.get_by_role("slider", name="Colour").press("End")
    page.get_by_role("button", name="Show this blend").click()
    expect(page.get_by_text("A blend: look 50 %, colour 50 %.")).to_be_visible()
    context.close()


def test_the_panel_is_narrowed_in_place_and_widened_by_a_chip_or_by_going_back(page: Page, work):
    page.goto(f"{work.get_absolute_url()}?lens=look")
    expect_first(page, "Round")
    page.get_by_text("Narrow", exact=True).click()
    culture = page.get_by_label("Culture")

    culture.focus()
    culture.select_option("Greek")

    expect_first(page, "Red")
    expect(page).to_have_url(re.compile(r"\?culture=Greek$"))
    expect(culture).to_be_focused()
    page.get_by_role("link", name="Without Greek").click()
    expect_first(page, "Round")
    expect(page).to_have_url(re.compile(rf"/works/{work.pk}/$"))
    page.go_back()
    expect_first(page, "Red")
    expect(page.get_by_role("link", name="Without Greek")).to_be_visible()


def test_the_list_is_narrowed_without_scripts(browser, live_server, work):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/works/{work.pk}/similar/?lens=colour")

    page.get_by_text("Narrow", exact=True).click()
    page.get_by_label("Culture").select_option("Dutch")
    page.get_by_role("button", name="Narrow the works").click()

    expect(page.locator("#similar .work-card__title")).to_have_text(["Round"])
    page.get_by_role("link", name="Without Dutch").click()
    expect_first(page, "Red")
    context.close()


@pytest.mark.parametrize("width_px", [390, 1280])
def test_the_panel_is_never_wider_than_its_window(page: Page, work, width_px: int):
    page.set_viewport_size({"width": width_px, "height": 800})
    page.goto(f"{work.get_absolute_url()}?look=70&colour=30&within=collection")
    expect(page.locator(".blend__form")).to_be_visible()
    page.get_by_text("Narrow", exact=True).click()
    expect(page.locator(".narrowing__form")).to_be_visible()

    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_value_that_is_not_listed_is_found_by_typing_and_narrows_the_panel(page: Page, work):
    for number in range(42):
        factories.a_work(work.collection, culture=f"Culture {number // 2}")
    page.goto(f"{work.get_absolute_url()}?lens=look")
    page.get_by_text("Narrow", exact=True).click()
    culture = page.locator("#narrow-culture")
    expect(culture.get_by_text("Greek")).to_have_count(0)

    page.get_by_label("Find others by name: Culture").press_sequentially("gre")
    expect(culture.locator("option")).to_have_text(["Any", "Greek (1)"])
    culture.select_option("Greek")

    expect_first(page, "Red")
    expect(page).to_have_url(re.compile(r"\?culture=Greek$"))
    expect(culture).to_have_value("Greek")
