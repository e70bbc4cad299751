"""The desk shows the next pair at once, while the server stores the verdict on the pair before it."""

from playwright.sync_api import Page, Route, expect

from collection.models import Collection
from similarity.models import DuplicatePair, Verdict
from tests import pictures
from tests.browser.test_desk import a_pair, open_desk, prints

__all__ = ["prints"]


def two_pairs(prints: Collection) -> list[DuplicatePair]:
    """A.1 and A.2, then B.1 and B.2."""
    return [
        a_pair(prints, name, pictures.landscape(seed), pictures.landscape(seed + 1), correlation=correlation)
        for name, seed, correlation in (("A", 20, 0.9), ("B", 30, 0.8))
    ]


def test_the_next_pair_is_shown_while_the_verdict_is_being_stored(page: Page, prints: Collection):
    first, _ = two_pairs(prints)
    held: list[Route] = []
    page.route("**/desk/", lambda route: held.append(route))  # Playwright cannot wrap a built-in method
    open_desk(page, first)

    with page.expect_request("**/desk/"):
        page.keyboard.press("2")
    expect(page.get_by_role("heading", name="B.1 and B.2")).to_be_visible()
    expect(page.locator(".pairview__pane--second img")).to_have_js_property("complete", value=True)
    page.keyboard.press("w")
    page.keyboard.press("1")  # nothing is decided before the answer
    expect(page.get_by_role("button", name="Unrelated")).to_be_disabled()

    (verdict,) = held
    verdict.continue_()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_role("button", name="Unrelated")).to_be_enabled()
    expect(page.get_by_role("button", name="Swipe")).to_have_attribute("aria-pressed", "true")
    assert list(DuplicatePair.objects.order_by("pk").values_list("verdict", flat=True)) == ["similar", "undecided"]


def test_a_pair_whose_verdict_did_not_arrive_is_shown_again_with_its_note(page: Page, prints: Collection):
    first, _ = two_pairs(prints)
    page.route("**/desk/", lambda route: route.abort(), times=1)
    open_desk(page, first)

    page.get_by_label("Note").fill("Ask Ada")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.get_by_text("The site cannot be reached")).to_be_visible()
    expect(page.get_by_role("heading", name="A.1 and A.2")).to_be_visible()
    page.keyboard.press("s")
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    first.refresh_from_db()
    assert (first.verdict, first.note) == (Verdict.SIMILAR, "Ask Ada")


def test_an_undo_before_the_verdict_is_stored_takes_back_that_verdict(page: Page, prints: Collection):
    first, second = two_pairs(prints)
    held: list[Route] = []
    open_desk(page, first)
    page.route("**/desk/", lambda route: held.append(route), times=1)  # Playwright cannot wrap a built-in method

    with page.expect_request("**/desk/"):
        page.keyboard.press("2")
    expect(page.get_by_role("heading", name="B.1 and B.2")).to_be_visible()
    page.keyboard.press("u")
    held[0].continue_()
    expect(page.get_by_role("button", name="Unrelated")).to_be_enabled()
    expect(page.get_by_role("heading", name="A.1 and A.2")).to_be_visible()

    first.refresh_from_db()
    second.refresh_from_db()
    assert {first.verdict, second.verdict} == {Verdict.UNDECIDED}
