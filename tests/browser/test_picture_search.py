"""A visitor searches by a picture in a browser: a detail is marked by mouse, finger or keys, and searched by alone."""

import importlib
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from collection.models import Artwork
from similarity import index, picture_search, tasks
from similarity.vision import decoding
from tests import factories, fakes, pictures
from tests.flows.conftest import Workers

pytestmark = pytest.mark.browser

PATIENCE_MS = 90_000
LEFT, RIGHT = 3, 7  # seeds of what the visitor's picture shows in its halves


@pytest.fixture
def works(transactional_db, monkeypatch) -> dict[int, Artwork]:
    """By their seed, works in the index of two lenses; searches are answered at once, without a worker."""
    importlib.import_module("similarity.describing")  # torch comes with it, which takes seconds the first time
    embedder = fakes.FakeEmbedder(lenses=("look", "colour"))
    monkeypatch.setattr(
        tasks.embed_picture, "apply_async", lambda args, **_: picture_search.answer(args[0], lambda _: embedder)
    )
    collection = factories.a_collection()
    works = {seed: factories.a_work(collection, accession_number=f"S.{seed}") for seed in range(1, 9)}
    for seed, work in works.items():
        image = factories.an_image(work)
        square = decoding.read(factories.painted(seed), embedder.side_px).square
        for lens in ("look", "colour"):
            index.put_all(fakes.opened(embedder, lens), [image.pk], fakes.vectors(embedder, [square], lens))
    return works


@pytest.fixture
def two_in_one(tmp_path: Path) -> Path:
    """A picture of two works side by side."""
    both = Image.new("RGB", (1280, 480))
    for left_px, seed in ((0, LEFT), (640, RIGHT)):
        both.paste(Image.open(BytesIO(factories.painted(seed))), (left_px, 0))
    path = tmp_path / "both.jpg"
    both.save(path, quality=90)
    return path


@pytest.fixture
def phone(browser: Browser, live_server) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True)
    yield context.new_page()
    context.close()


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
    expect(first).to_have_attribute("href", work.get_absolute_url(), timeout=10_000)


def test_each_detail_of_a_picture_is_searched_without_leaving_the_page(page: Page, works, two_in_one: Path):
    choose(page, two_in_one)

    drag(page, (0.5, 0.005), (0.995, 0.995))
    page.get_by_role("button", name="Search this detail").click()
    expect_first(page, works[RIGHT])
    first_address = page.url
    drag(page, (0.02, 0.01), (0.25, 0.5))  # beside the first
    drag(page, (0.25, 0.5), (0.005, 0.005))
    page.get_by_role("button", name="Whole picture").click()
    drag(page, (0.005, 0.005), (0.5, 0.995))
    page.get_by_role("button", name="Search this detail").click()

    expect_first(page, works[LEFT])
    assert re.search(r"/search/picture/[\w-]+/$", page.url)
    assert page.url != first_address
    expect(page.locator(".cropper__picture")).to_be_visible()


def test_the_address_leads_to_the_results_and_back_leads_to_the_form(page: Page, works, two_in_one: Path):
    choose(page, two_in_one)
    page.get_by_role("button", name="Find its kin").click()
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
    page.get_by_role("button", name="Find its kin").click()

    page.get_by_role("link", name="Colour").click()

    expect(page.get_by_role("link", name="Colour")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(r"\?lens=colour$"))
    expect(page.locator(".cropper__picture")).to_be_visible()


def test_the_next_detail_is_seen_through_the_lens_of_the_last(page: Page, works, two_in_one: Path):
    choose(page, two_in_one)
    page.get_by_role("button", name="Find its kin").click()
    page.get_by_role("link", name="Colour").click()
    expect(page).to_have_url(re.compile(r"\?lens=colour$"))
    before = page.url

    drag(page, (0.02, 0.01), (0.49, 0.99))
    page.get_by_role("button", name="Search this detail").click()

    expect_first(page, works[LEFT])
    expect(page.get_by_role("link", name="Colour")).to_have_attribute("aria-current", "true")
    assert re.search(r"\?lens=colour$", page.url)
    assert page.url != before
    expect(page.get_by_role("link", name="Search by another picture")).to_be_hidden()
    page.reload()
    page.get_by_role("link", name="Look", exact=True).click()
    expect(page).to_have_url(re.compile(r"/$"))
    expect(page.get_by_role("link", name="Search by another picture")).to_have_attribute("href", "/search/picture/")


def test_a_detail_is_marked_moved_and_sized_by_keys(page: Page, works, two_in_one: Path):
    choose(page, two_in_one)

    page.get_by_role("button", name="Mark a detail").click()
    expect(page.locator(".cropper__detail")).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowLeft", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert marked(page) == pytest.approx([0.27, 0.27, 0.48, 0.52])
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    assert marked(page) == pytest.approx([0.52, 0.27, 0.48, 0.52])
    page.keyboard.press("Enter")
    expect(page.locator("#answer .work-card")).to_have_count(8)
    page.locator(".cropper__detail").focus()
    page.keyboard.press("Escape")

    assert marked(page) == []
    expect(page.get_by_role("button", name="Mark a detail")).to_be_focused()
    expect(page.get_by_role("button", name="Find its kin")).to_be_visible()


def test_a_marked_detail_is_moved_and_resized_by_the_mouse_and_a_click_beside_it_removes_it(
    page: Page, works, two_in_one: Path
):
    choose(page, two_in_one)

    drag(page, (0.2, 0.2), (0.6, 0.6))
    assert marked(page) == pytest.approx([0.2, 0.2, 0.4, 0.4], abs=0.01)
    drag(page, (0.4, 0.4), (0.9, 0.45))  # moved, as far as there is picture
    assert marked(page) == pytest.approx([0.6, 0.25, 0.4, 0.4], abs=0.01)
    drag(page, (0.6, 0.25), (0.5, 0.05))  # by its corner
    assert marked(page) == pytest.approx([0.5, 0.05, 0.5, 0.6], abs=0.01)
    page.mouse.click(*point(page, 0.1, 0.9))

    assert marked(page) == []


def test_a_finger_marks_a_detail(phone: Page, works, two_in_one: Path):
    choose(phone, two_in_one)
    devtools = phone.context.new_cdp_session(phone)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [dict(zip(("x", "y"), point(phone, *place), strict=True)) for place in places]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (0.52, 0.02))
    touch("touchMove", (0.8, 0.6))
    touch("touchMove", (0.98, 0.98))
    touch("touchEnd")

    assert marked(phone) == pytest.approx([0.52, 0.02, 0.46, 0.96], abs=0.02)
    phone.get_by_role("button", name="Search this detail").click()
    expect_first(phone, works[RIGHT])
    assert not phone.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_what_the_browser_cannot_show_is_searched_whole(page: Page, works, two_in_one: Path, tmp_path: Path):
    path = tmp_path / "mine.heic"
    path.write_bytes(pictures.packed(Image.open(BytesIO(factories.painted(LEFT))), "HEIF"))
    choose(page, two_in_one)
    drag(page, (0.5, 0.005), (0.995, 0.995))

    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Find its kin").click()

    expect_first(page, works[LEFT])
    expect(page.locator(".cropper__stage")).to_be_hidden()


def test_a_refusal_stands_beside_the_picture_which_stays(page: Page, works, tmp_path: Path):
    path = tmp_path / "small.png"
    path.write_bytes(pictures.packed(pictures.painted(60, 40)))
    choose(page, path)

    drag(page, (0.1, 0.1), (0.3, 0.3))
    page.get_by_role("button", name="Search this detail").click()

    expect(page.locator("#answer").get_by_role("alert")).to_contain_text("Please mark a larger one")
    expect(page.locator(".cropper__picture")).to_be_visible()
    expect(page).to_have_url(re.compile("/search/picture/$"))


def test_without_scripts_the_whole_picture_is_searched(browser: Browser, live_server, works, two_in_one: Path):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/search/picture/")

    expect(page.locator(".cropper")).to_be_hidden()
    page.set_input_files("input[type=file]", two_in_one)
    page.get_by_role("button", name="Find its kin").click()

    expect(page.get_by_role("heading", name="Works like your picture")).to_be_visible()
    expect(page.locator("#answer .work-card")).to_have_count(8)
    context.close()


def test_a_worker_answers_a_search_by_a_detail(page: Page, workers: Workers, two_in_one: Path):
    collection = factories.a_collection()
    works = {seed: factories.a_work(collection, accession_number=f"S.{seed}") for seed in (LEFT, RIGHT, 42)}
    for seed, work in works.items():
        factories.a_painted_image(work, seed=seed)
    workers.start("search,embed,work,sweep", KINDRED_BACKBONE="squeezenet1_0")
    choose(page, two_in_one)

    drag(page, (0.5, 0.005), (0.995, 0.995))
    page.get_by_role("button", name="Search this detail").click()

    first = page.locator("#answer .work-card").first.get_by_role("link")
    expect(first).to_have_attribute("href", works[RIGHT].get_absolute_url(), timeout=PATIENCE_MS)
