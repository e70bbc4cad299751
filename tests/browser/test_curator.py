"""A curator's afternoon in a browser: upload, wait for "done", look at the kin, decide a pair by a key."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from collection.models import Artwork
from similarity.models import DuplicatePair, Verdict
from tests import factories
from tests.browser.conftest import WORKER_MS
from tests.flows.conftest import Workers, wait_until


def files_to_send(folder: Path) -> list[Path]:
    paths = []
    for seed in (5, 23, 42):
        paths.append(folder / f"B.{seed}.jpg")
        paths[-1].write_bytes(factories.painted(seed))
    paths.append(folder / "B.5-copy.jpg")
    Image.open(BytesIO(factories.painted(5))).save(paths[-1], quality=30)
    paths.append(folder / "letter.jpg")
    paths[-1].write_bytes(b"Dear museum, ...")
    return paths


def sign_in(page: Page, username: str) -> None:
    page.goto("/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_upload_until_done_then_the_kin_then_a_verdict(page: Page, workers: Workers, tmp_path: Path):
    collection = factories.a_collection(slug="prints", title="Prints")
    factories.a_user("curator", curates=collection)
    workers.start("search,embed,work,flag", KINDRED_BACKBONE="squeezenet1_0")
    wait_until(workers.are_ready, workers, "a worker that takes tasks")
    sign_in(page, "curator")

    # upload; the refusal stands beside its file
    page.get_by_role("link", name="Upload", exact=True).click()
    page.set_input_files("input[type=file]", files_to_send(tmp_path))
    page.get_by_label("Publish at once").check()
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".sent__file--refused")).to_contain_text("letter.jpg")
    page.get_by_role("link", name="Show progress").click()
    expect(page.get_by_text("4 of 5 ready, 1 refused")).to_be_visible(timeout=WORKER_MS)

    # the copy, named beside the file
    wait_until(DuplicatePair.objects.exists, workers, "a flagged pair")
    expect(page.get_by_text("Looks like a copy of").first).to_be_visible(timeout=WORKER_MS)

    # kin, loaded by htmx, without the copy
    work = Artwork.objects.get(accession_number="B.5")
    page.goto(work.get_absolute_url())
    cards = page.locator("#similar .work-card")
    expect(cards).to_have_count(2)

    # the pair, decided by a key
    page.get_by_role("link", name="Review").click()
    expect(page.locator(".pair")).to_have_count(1)
    page.wait_for_load_state()  # keys are heard once the page's scripts run
    page.keyboard.press("1")
    expect(page.locator(".pair__decided")).to_contain_text("Duplicate")
    assert DuplicatePair.objects.get().verdict == Verdict.DUPLICATE


def test_search_by_a_picture_in_a_browser(page: Page, workers: Workers, tmp_path: Path):
    collection = factories.a_collection()
    for seed in (5, 23, 42):
        factories.a_painted_image(factories.a_work(collection, accession_number=f"S.{seed}"), seed=seed)
    workers.start("search,embed,work,flag", KINDRED_BACKBONE="squeezenet1_0")
    wait_until(workers.are_ready, workers, "a worker that takes tasks")
    picture = tmp_path / "mine.jpg"
    picture.write_bytes(factories.painted(23))

    page.goto("/search/picture/")
    page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Find similar works").click()
    first = page.locator("#answer .work-card").first
    expect(first).to_be_visible(timeout=WORKER_MS)

    nearest = Artwork.objects.get(accession_number="S.23")
    expect(first.get_by_role("link")).to_have_attribute("href", nearest.get_absolute_url())


def test_keys_decide_the_pair_that_is_marked_and_walk_on(page: Page, transactional_db: None):
    collection = factories.a_collection()
    pairs = []
    for _ in range(3):
        low, high = (factories.an_image(factories.a_work(collection)) for _ in range(2))
        pairs.append(DuplicatePair.objects.create(low=low, high=high, correlation=0.9, suggested=Verdict.DUPLICATE))
    factories.a_user("curator", curates=collection)
    sign_in(page, "curator")

    page.goto("/review/")
    expect(page.locator(f"#pair-{pairs[0].pk}")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("1")
    expect(page.locator(f"#pair-{pairs[2].pk}")).to_be_focused()
    page.keyboard.press("0")
    expect(page.locator(".pair--decided")).to_have_count(2)

    assert [DuplicatePair.objects.get(pk=pair.pk).verdict for pair in pairs] == ["undecided", "duplicate", "unrelated"]
    expect(page.locator("#review-tally")).to_have_text("1 pair to review, 2 decided.")

    page.keyboard.press("u")
    expect(page.locator(f"#pair-{pairs[2].pk}")).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator(".pair--decided")).to_have_count(0)

    assert not DuplicatePair.objects.exclude(verdict=Verdict.UNDECIDED).exists()
