"""The keys of the review list and of the page of a case."""

from django.db import transaction
from playwright.sync_api import Page, expect

from collection.models import Collection
from similarity.duplicates import grouping
from similarity.duplicates.review import claims
from similarity.models import DuplicateCase, DuplicatePair, Verdict
from tests import factories, pictures
from tests.browser.test_desk import STRONG, a_picture, prints
from tests.browser.test_desk_ahead import two_pairs

__all__ = ["prints"]


def test_the_key_that_opens_a_pair_passes_over_one_that_a_colleague_looks_at(page: Page, prints: Collection):
    first, _ = two_pairs(prints)
    claims.claim(first.pk, factories.a_user("Ada", curates=prints))

    page.goto("/review/")
    expect(page.get_by_text("Ada is looking at this pair.")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("o")

    expect(page.get_by_role("heading", name="B.1 and B.2")).to_be_visible()


def test_a_digit_decides_a_case_also_after_a_tick_and_a_key_leads_to_the_next_case(page: Page, prints: Collection):
    for name in ("A", "B"):
        images = [
            a_picture(prints, f"{name}.{number}", pictures.landscape(10 * ord(name) + number)) for number in range(4)
        ]
        for other in images[1:]:
            DuplicatePair.objects.create(low=images[0], high=other, correlation=0.99, **STRONG)
        with transaction.atomic():
            grouping.regroup(image.pk for image in images)
    first, second = DuplicateCase.objects.order_by("pk")

    page.goto(first.get_absolute_url())
    page.wait_for_load_state()
    page.get_by_role("checkbox", name="A.3").uncheck()
    page.keyboard.press("1")
    expect(page.get_by_text("Duplicate, decided by curator").first).to_be_visible()
    page.wait_for_load_state()  # the decision reloads the page, and keys work once its script has run
    page.keyboard.press("c")

    expect(page.get_by_role("link", name="B.0").first).to_be_visible()
    assert page.url.endswith(second.get_absolute_url())
    decided = DuplicatePair.objects.filter(verdict=Verdict.DUPLICATE).order_by("pk")
    assert [pair.high.artwork.accession_number for pair in decided] == ["A.1", "A.2"]
