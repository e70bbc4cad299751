"""A registrar merges two records of one work in a browser, and undoes it."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.test_curator import sign_in


def is_too_wide(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_a_merge_and_its_undo_on_a_large_and_a_small_screen(page: Page, media: Path):
    prints = factories.a_collection(slug="prints", title="Prints")
    factories.a_user("curator", curates=prints)
    kept = factories.a_work(prints, accession_number="1923.1", title="Great Wave", medium="Woodblock print")
    merged = factories.a_work(prints, accession_number="1923.4", title="The Wave", credit_line="Gift of a friend")
    for seed, work in ((5, kept), (23, merged), (42, merged)):
        factories.a_painted_image(work, seed=seed)
    sign_in(page, "curator")

    # from the work to the other record, by its number
    page.goto(kept.get_absolute_url())
    page.get_by_role("link", name="Merge or relate").click()
    page.get_by_label("Accession number of the other record").fill("1923.4")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Merge two records")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert not is_too_wide(page)
    page.set_viewport_size({"width": 1280, "height": 800})

    # the empty credit line is filled without a click, the title is chosen
    page.get_by_label("The Wave", exact=True).check()
    page.get_by_role("button", name="Merge 1923.4 into 1923.1").click()
    expect(page.get_by_role("heading", name="The Wave", exact=True)).to_be_visible()
    expect(page.get_by_text("Gift of a friend")).to_be_visible()
    expect(page.locator(".views__one")).to_have_count(3)

    # the old address leads here, and the undo brings both records back
    page.goto(merged.get_absolute_url())
    expect(page).to_have_url(re.compile(rf"{kept.get_absolute_url()}$"))
    page.get_by_role("link", name="Show or undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The Wave (1923.4) is a record of its own again.")).to_be_visible()
    page.goto(kept.get_absolute_url())
    expect(page.get_by_role("heading", name="Great Wave", exact=True)).to_be_visible()
