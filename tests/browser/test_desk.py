"""A reviewer compares pairs at the desk: aligned pictures, linked zoom, keys, and the way from pair to pair."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, Request, expect

from collection import ingest
from collection.files import derivatives, storage
from collection.models import ArtworkImage, Collection, JobState
from similarity.models import DuplicatePair, Verdict
from tests import factories, pictures
from tests.browser.conftest import PAGE_MS
from tests.browser.test_curator import sign_in
from tests.browser.test_merging import is_too_wide

SAME = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
MIDDLE = [[0.5, 0.0, 0.25], [0.0, 0.5, 0.25], [0.0, 0.0, 1.0]]  # the second picture shows the middle of the first
STRONG = {"rule": "features", "inliers": 200, "suggested": "duplicate"}
NEARLY_BLACK = 4.0  # mean level of 255; two landscapes differ by 17 and more


def wait_for(page: Page, condition: Callable[[], bool]) -> None:
    """Look every 50 ms until the condition holds, at most as long as for a page."""
    for _ in range(PAGE_MS // 50):
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail("the condition did not become true")


@pytest.fixture
def prints(page: Page, media: Path) -> Iterator[Collection]:
    """A collection whose curator is signed in. At the end the page gives back its claim before the site stops."""
    prints = factories.a_collection(slug="prints", title="Prints")
    factories.a_user("curator", curates=prints)
    sign_in(page, "curator")
    pending: set[Request] = set()
    page.on("request", lambda request: pending.add(request) if request.url.endswith("/claim/") else None)
    for end in ("requestfinished", "requestfailed"):
        page.on(end, lambda request: pending.discard(request))  # Playwright cannot wrap a built-in method
    yield prints
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    wait_for(page, lambda: not pending)


def a_picture(prints: Collection, number: str, picture: Image.Image) -> ArtworkImage:
    work = factories.a_work(prints, accession_number=number)
    image = factories.add_picture(
        work, ingest.NewPicture(pictures.packed(picture, "JPEG", quality=92), f"{number}.jpg")
    )
    derivatives.make(storage.original(image.sha256, image.extension), storage.derivatives(image.sha256))
    factories.note_derivatives(image, JobState.DONE)
    return image


def a_pair(prints: Collection, name: str, one: Image.Image, other: Image.Image, **fields: object) -> DuplicatePair:
    low, high = a_picture(prints, f"{name}.1", one), a_picture(prints, f"{name}.2", other)
    return DuplicatePair.objects.create(low=low, high=high, **{**STRONG, "correlation": 0.99, **fields})


def open_desk(page: Page, pair: DuplicatePair) -> None:
    page.goto(pair.get_absolute_url())
    expect(page.get_by_role("button", name="Side by side")).to_be_visible()
    page.wait_for_load_state("networkidle")


def shot(page: Page, selector: str) -> Image.Image:
    """Return the part of the window in which an element is, without its edges."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    clip = {"x": box["x"] + 4, "y": box["y"] + 4, "width": box["width"] - 8, "height": box["height"] - 40}
    return Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB")


def level_of_difference(page: Page, pair: DuplicatePair) -> float:
    """Return the mean level, 0 to 255, of the difference of a pair as it is drawn without amplification."""
    open_desk(page, pair)
    page.keyboard.press("d")
    page.get_by_label("Amplify").fill("1")
    return float(pictures.array(shot(page, ".pairview__pane--first .pairview__frame")).mean())


def test_the_difference_of_aligned_copies_is_nearly_black(page: Page, prints: Collection):
    scene = pictures.landscape(3)
    middle = scene.crop((120, 90, 360, 270))
    mirrored = a_pair(prints, "M", scene, ImageOps.mirror(scene), kind="mirrored", homography=SAME)
    detail = a_pair(
        prints,
        "D",
        pictures.landscape(4),
        pictures.landscape(4).crop((120, 90, 360, 270)),
        kind="detail",
        homography=MIDDLE,
    )
    whole = a_pair(prints, "W", middle.resize((480, 360)), scene.resize((960, 720)), kind="detail",
                   homography=[[2.0, 0.0, -0.5], [0.0, 2.0, -0.5], [0.0, 0.0, 1.0]])  # fmt: skip
    unaligned = a_pair(prints, "U", pictures.landscape(5), ImageOps.mirror(pictures.landscape(5)), homography=SAME)

    levels = [level_of_difference(page, pair) for pair in (mirrored, detail, whole)]

    assert max(levels) < NEARLY_BLACK
    assert level_of_difference(page, unaligned) > 3 * NEARLY_BLACK


def test_side_by_side_both_show_the_same_place_once_enlarged_and_then_a_sharper_image(page: Page, prints: Collection):
    scene = pictures.landscape(7).resize((2400, 1800))
    pair = a_pair(prints, "Z", scene, scene.crop((600, 450, 1800, 1350)), kind="detail", homography=MIDDLE)
    open_desk(page, pair)

    for _ in range(4):
        page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-sharpness]")).to_contain_text("Z.1 is shown at full resolution.")

    left, right = (shot(page, f".pairview__pane--{place}") for place in ("first", "second"))
    assert pictures.difference(left, right.resize(left.size)) < NEARLY_BLACK
    assert page.locator(".pairview__pane--first img").get_attribute("src").startswith("blob:")  # type: ignore[union-attr]


def test_a_lost_original_leaves_the_smaller_image_and_a_sentence(page: Page, prints: Collection):
    scene = pictures.landscape(8).resize((2400, 1800))
    pair = a_pair(prints, "L", scene, ImageOps.mirror(scene), kind="mirrored", homography=SAME)
    storage.original(pair.low.sha256, pair.low.extension).unlink()
    open_desk(page, pair)

    for _ in range(5):
        page.keyboard.press("+")

    expect(page.locator("[data-sharpness]")).to_contain_text("L.1 is shown at 1200 px, because no larger image")
    expect(page.locator("[data-sharpness]")).to_contain_text("L.2 is shown at full resolution.")


def test_the_divider_and_the_blinking_are_operated_by_keys(page: Page, prints: Collection):
    page.emulate_media(reduced_motion="reduce")
    open_desk(page, a_pair(prints, "K", pictures.landscape(9), pictures.landscape(10), homography=SAME))
    second = page.locator(".pairview__pane--second")

    page.keyboard.press("w")
    page.keyboard.press(".")
    expect(page.get_by_label("Divider")).to_have_value("55")
    expect(second).to_have_css("clip-path", "inset(0px 0px 0px 55%)")

    page.keyboard.press("b")
    expect(page.get_by_label("Alternate automatically")).not_to_be_checked()
    expect(second).to_be_hidden()
    page.keyboard.press("b")
    expect(second).to_be_visible()
    page.keyboard.press("w")
    page.keyboard.down("Space")
    expect(second).to_be_hidden()
    page.keyboard.up("Space")
    expect(second).to_be_visible()


def test_a_verdict_shows_the_next_pair_and_undo_leads_back_and_typing_decides_nothing(page: Page, prints: Collection):
    first, second = (
        a_pair(prints, name, pictures.landscape(seed), pictures.landscape(seed + 1), correlation=correlation)
        for name, seed, correlation in (("A", 20, 0.9), ("B", 30, 0.8))
    )
    page.goto("/review/")
    page.wait_for_load_state()
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name="A.1 and A.2")).to_be_visible()
    page.wait_for_load_state("networkidle")

    # colleagues are not shown this pair
    wait_for(page, lambda: claimed() == [first.pk])

    # a note may contain any digit
    page.keyboard.press("n")
    page.keyboard.type("1 or 2 states, u decide")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.get_by_role("heading", name="B.1 and B.2")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()  # the verdict is stored
    first.refresh_from_db()
    assert (first.verdict, first.note) == (Verdict.SIMILAR, "1 or 2 states, u decide")

    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="A.1 and A.2")).to_be_visible()
    first.refresh_from_db()
    second.refresh_from_db()
    assert {first.verdict, second.verdict} == {Verdict.UNDECIDED}


def claimed() -> list[int]:
    return list(DuplicatePair.objects.exclude(claimed_by=None).values_list("pk", flat=True))


def test_the_claim_moves_along_with_the_reviewer(page: Page, prints: Collection):
    first, second = (
        a_pair(prints, name, pictures.landscape(seed), pictures.landscape(seed + 1))
        for name, seed in (("C", 40), ("D", 50))
    )

    open_desk(page, first)
    wait_for(page, lambda: claimed() == [first.pk])
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="D.1 and D.2")).to_be_visible()
    wait_for(page, lambda: claimed() == [second.pk])
    page.goto("/review/")

    wait_for(page, lambda: claimed() == [])


@pytest.mark.parametrize(("width_px", "height_px"), [(1280, 800), (390, 844)])
def test_the_verdicts_are_in_sight_without_scrolling(page: Page, prints: Collection, width_px: int, height_px: int):
    pair = a_pair(prints, "S", pictures.landscape(11), pictures.landscape(12))
    page.set_viewport_size({"width": width_px, "height": height_px})

    open_desk(page, pair)

    assert not is_too_wide(page)
    for button in page.locator(".desk__verdict").all():
        expect(button).to_be_in_viewport(ratio=1)


def test_without_scripts_the_pictures_stand_side_by_side_and_the_verdict_works(
    page: Page, prints: Collection, browser: Browser, live_server
):
    pair = a_pair(prints, "N", pictures.landscape(13), pictures.landscape(14))
    cookies = page.context.storage_state()
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False, storage_state=cookies)
    tab = plain.new_page()

    tab.goto(pair.get_absolute_url())
    boxes = [tab.locator(f".pairview__pane--{place} img").bounding_box() for place in ("first", "second")]
    tab.get_by_role("button", name="Unrelated").click()
    expect(tab.get_by_text("No other pair waits in this list.")).to_be_visible()
    plain.close()

    pair.refresh_from_db()
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    assert pair.verdict == Verdict.UNRELATED
