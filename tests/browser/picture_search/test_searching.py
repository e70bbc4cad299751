"""A visitor searches by a picture in a browser, and looks at what was found."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests import factories, pictures
from tests.browser.conftest import WORKER_MS
from tests.browser.picture_search.pointing import LEFT, RIGHT, choose, drag, expect_first
from tests.flows.conftest import Workers, wait_until

pytestmark = pytest.mark.browser
CLICKS_LIMIT = 500  # each loads the page again; meanwhile the worker answers


def test_the_address_leads_to_the_results_and_back_leads_to_the_form(page: Page, works, two_in_one: Path):
    choose(page, two_in_one)
    page.get_by_role("button", name="Find similar works").click()
    expect(page.locator("#answer .work-card")).to_have_count(8)

    page.go_back()
    expect(page.locator(".drop-zone__call")).to_be_visible()
    page.set_input_files("input[type=file]", two_in_one)
    expect(page.locator(".cropper__stage")).to_be_visible()
    page.go_forward()

    expect(page.get_by_role("heading", name="Works like your picture")).to_be_visible()
    expect(page.locator("#answer .work-card")).to_have_count(8)
    page.reload()
    expect(page.locator("#answer .work-card")).to_have_count(8)


def test_results_are_seen_through_another_lens_beside_the_picture(page: Page, works, two_in_one: Path):
    choose(page, two_in_one)
    page.get_by_role("button", name="Find similar works").click()

    page.get_by_role("link", name="Colour").click()

    expect(page.get_by_role("link", name="Colour")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(r"\?lens=colour$"))
    expect(page.locator(".cropper__picture")).to_be_visible()


def test_results_are_blended_and_kept_to_a_collection_beside_the_picture(page: Page, works, two_in_one: Path):
    elsewhere = factories.a_collection(title="Elsewhere", slug="elsewhere")
    choose(page, two_in_one)
    page.get_by_role("button", name="Find similar works").click()
    expect(page.locator("#answer .work-card")).to_have_count(8)

    page.get_by_text("Blend lenses").click()
    page.get_by_role("slider", name="Colour").press("End")
    expect(page.get_by_text("A blend: look 50 %, colour 50 %.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?look=100&colour=100$"))
    page.get_by_label("Search in").select_option(label="Elsewhere")

    expect(page.get_by_text("No work in Elsewhere")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"\?look=100&colour=100&collection={elsewhere.slug}$"))
    page.get_by_label("Search in").select_option(label="all collections")
    expect(page.locator("#answer .work-card")).to_have_count(8)
    expect(page.locator(".cropper__picture")).to_be_visible()


def test_the_form_stays_in_sight_while_the_results_are_looked_through(page: Page, works, two_in_one: Path):
    page.set_viewport_size({"width": 1280, "height": 800})
    choose(page, two_in_one)
    page.get_by_role("button", name="Find similar works").click()
    expect(page.locator("#answer .work-card")).to_have_count(8)

    page.locator("#answer .work-card").last.scroll_into_view_if_needed()

    assert page.evaluate("scrollY") > 0
    expect(page.locator(".cropper__picture")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Find similar works")).to_be_in_viewport(ratio=1)


def test_the_next_detail_is_seen_through_the_lens_of_the_last(page: Page, works, two_in_one: Path):
    choose(page, two_in_one)
    page.get_by_role("button", name="Find similar works").click()
    page.get_by_role("link", name="Colour").click()
    expect(page).to_have_url(re.compile(r"\?lens=colour$"))
    before = page.url

    drag(page, (0.02, 0.01), (0.49, 0.99))
    page.get_by_role("button", name="Search by this detail").click()
    page.wait_for_url(lambda url: url != before)  # the answer before may name the same work first

    expect_first(page, works[LEFT])
    expect(page.get_by_role("link", name="Colour")).to_have_attribute("aria-current", "true")
    assert re.search(r"\?lens=colour$", page.url)
    expect(page.get_by_role("link", name="Search by another picture")).to_be_hidden()
    page.reload()
    page.get_by_role("link", name="Look", exact=True).click()
    expect(page).to_have_url(re.compile(r"/$"))
    expect(page.get_by_role("link", name="Search by another picture")).to_have_attribute("href", "/search/picture/")


def test_what_the_browser_cannot_show_is_searched_whole(page: Page, works, two_in_one: Path, tmp_path: Path):
    path = tmp_path / "mine.heic"
    path.write_bytes(pictures.packed(Image.open(BytesIO(factories.painted(LEFT))), "HEIF"))
    choose(page, two_in_one)
    drag(page, (0.5, 0.005), (0.995, 0.995))

    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Find similar works").click()

    expect_first(page, works[LEFT])
    expect(page.locator(".cropper__stage")).to_be_hidden()


def test_a_refusal_stands_beside_the_picture_which_stays(page: Page, works, tmp_path: Path):
    path = tmp_path / "small.png"
    path.write_bytes(pictures.packed(pictures.painted(60, 40)))
    choose(page, path)

    drag(page, (0.1, 0.1), (0.3, 0.3))
    page.get_by_role("button", name="Search by this detail").click()

    expect(page.locator("#answer").get_by_role("alert")).to_contain_text("Please mark a larger one")
    expect(page.locator(".cropper__picture")).to_be_visible()
    expect(page).to_have_url(re.compile("/search/picture/$"))


def test_without_scripts_the_whole_picture_is_searched(browser: Browser, live_server, works, two_in_one: Path):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/search/picture/")

    expect(page.locator(".cropper")).to_be_hidden()
    page.set_input_files("input[type=file]", two_in_one)
    page.get_by_role("button", name="Find similar works").click()
    show = page.get_by_role("link", name="Show the result")
    for _ in range(CLICKS_LIMIT):
        if not show.count():
            break
        show.click()

    expect(page.get_by_role("heading", name="Works like your picture")).to_be_visible()
    expect(page.locator("#answer .work-card")).to_have_count(8)
    context.close()


def test_a_worker_answers_a_search_by_a_detail(page: Page, workers: Workers, two_in_one: Path):
    collection = factories.a_collection()
    works = {seed: factories.a_work(collection, accession_number=f"S.{seed}") for seed in (LEFT, RIGHT, 42)}
    for seed, work in works.items():
        factories.a_painted_image(work, seed=seed)
    workers.start("search,embed,work,sweep,flag", KINDRED_BACKBONE="squeezenet1_0")
    wait_until(workers.are_ready, workers, "a worker that takes tasks")
    choose(page, two_in_one)

    drag(page, (0.5, 0.005), (0.995, 0.995))
    page.get_by_role("button", name="Search by this detail").click()

    first = page.locator("#answer .work-card").first.get_by_role("link")
    expect(first).to_have_attribute("href", works[RIGHT].get_absolute_url(), timeout=WORKER_MS)
