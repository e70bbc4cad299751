"""A visitor asks why two works are alike: waits, sees the regions, hides them, looks in another way."""

import re

import pytest
from playwright.sync_api import Page, expect

from similarity.explain import questions, region_comparison
from tests import broker, factories, fakes
from tests.similarity.mapping import Mapper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def taken() -> list[int]:
    """Take the question that waits for a worker."""
    (question,) = broker.questions(questions.EXPLAIN)
    broker.clear()
    return question


def test_the_regions_come_by_themselves_can_be_hidden_and_seen_through_another_lens(page: Page, media):
    broker.clear()
    embedder = Mapper(lenses=("look", "colour"))
    for lens in embedder.lenses:
        fakes.opened(embedder, lens)
    one, two = (factories.a_painted_image(seed=seed) for seed in (5, 5))
    page.goto(f"/works/{one.artwork_id}/why/{two.artwork_id}/")
    expect(page.get_by_text("Comparing the two")).to_be_visible()
    overlays = page.locator(".why__overlay")

    region_comparison.answer(*taken(), lambda space: embedder)
    expect(overlays).to_have_count(2)
    expect(overlays.first.get_by_text("1", exact=True)).to_be_visible()
    page.get_by_label("Show the matching regions").uncheck()
    expect(overlays.first).not_to_be_visible()

    page.get_by_role("link", name="Colour").click()
    expect(page.get_by_text("Comparing the two")).to_be_visible()
    region_comparison.answer(*taken(), lambda space: embedder)
    expect(page.get_by_text("the more of its colour")).to_be_visible()
    expect(page).to_have_url(re.compile("by=colour"))
