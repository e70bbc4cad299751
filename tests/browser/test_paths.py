"""A visitor walks a path: from the page of a work, by suggestions, and with the works that the browser has stored."""

import re

import pytest
from playwright.sync_api import Page, expect

from collection.models import Artwork
from tests import factories
from tests.similarity.groups.built_overviews import build, keep_neighbours
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.browser


@pytest.fixture
def works(transactional_db) -> list[Artwork]:
    """Twelve works in a row, each a neighbour of those before and after it."""
    collection = factories.a_collection(title="Prints")
    works = [embedded_work(collection, 0.2 * number, title=f"Number {number}") for number in range(12)]
    build()
    keep_neighbours(2)
    return works


def test_a_path_begins_at_a_work_and_its_end_is_chosen_by_suggestions(page: Page, works):
    page.goto(works[2].get_absolute_url())
    page.get_by_role("link", name="A path from here to another work").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A path from Number 2")

    page.get_by_role("combobox").press_sequentially("number 7")
    page.get_by_role("option", name="Number 7").click()

    expect(page).to_have_url(re.compile(rf"/paths/{works[2].pk}/{works[7].pk}/$"))
    expect(page.locator(".path .work-card__title")).to_have_text([f"Number {number}" for number in range(2, 8)])
    page.get_by_role("link", name="The other way round").click()
    expect(page.locator(".path .work-card__title")).to_have_text([f"Number {number}" for number in range(7, 1, -1)])


def test_each_step_leads_to_a_comparison_and_the_path_to_a_trail(page: Page, works):
    page.goto(f"/paths/{works[2].pk}/{works[5].pk}/")

    page.get_by_role("link", name="Compare Number 3 with the next work, Number 4").click()

    expect(page).to_have_title(re.compile("Number 3 beside Number 4"))
    page.go_back()
    page.get_by_role("link", name="Keep exactly these works").click()
    expect(page.locator(".work-card__title")).to_have_text([f"Number {number}" for number in range(2, 6)])


def test_works_just_seen_and_favourites_are_offered_as_ends(page: Page, works):
    page.goto(works[9].get_absolute_url())
    page.get_by_role("button", name="Keep as favourite").click()
    page.goto(works[4].get_absolute_url())
    page.goto("/paths/")

    page.get_by_role("region", name="Works that you have just looked at").get_by_role("link", name="Number 4").click()
    page.get_by_role("region", name="Your favourites").get_by_role("link", name="Number 9").click()

    expect(page).to_have_url(re.compile(rf"/paths/{works[4].pk}/{works[9].pk}/$"))


def test_the_strangest_works_are_found_from_the_home_page(page: Page, works):
    page.goto("/")

    page.get_by_role("link", name="See what is unlike anything else").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Unlike anything else here")
    expect(page.locator(".work-card")).to_have_count(12)
