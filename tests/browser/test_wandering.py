"""A visitor wanders from work to work in a browser: on the home page, along a trail, and with favourites."""

import re

import pytest
from playwright.sync_api import Page, expect

from collection.models import Artwork
from tests import factories, fakes
from tests.similarity.placed_works import a_work_seen

pytestmark = pytest.mark.browser


@pytest.fixture
def works(transactional_db) -> list[Artwork]:
    """Twenty works, each nearest to those before and after it."""
    opened = {"look": fakes.opened(fakes.FakeEmbedder())}
    collection = factories.a_collection(title="Prints")
    return [a_work_seen(opened, collection, 0.1 * number, title=f"Number {number}") for number in range(20)]


def test_a_picture_that_is_chosen_on_the_home_page_moves_to_the_middle_with_its_own_around_it(page: Page, works):
    page.goto("/")
    middle = page.locator(".around__middle figcaption a")
    nearest = page.locator(".around__one a").first
    expect(nearest).to_be_visible()
    chosen = nearest.get_attribute("title").split(",")[0]

    nearest.click()

    expect(middle).to_have_text(chosen)
    expect(page.locator(".around__one a")).to_have_count(8)
    expect(page.locator(".around__middle > a")).to_be_focused()


def test_a_walk_along_the_first_similar_works_never_comes_back(page: Page, works):
    page.goto(works[0].get_absolute_url())
    visited = ["Number 0"]

    for _ in range(3):
        first = page.locator("#similar .work-card__title").first
        expect(first).to_be_visible()
        visited.append(first.inner_text())
        first.click()
        expect(page.locator("h1")).to_have_text(visited[-1])

    assert visited == ["Number 0", "Number 1", "Number 2", "Number 3"]
    page.get_by_role("link", name="Open or share it").click()
    expect(page).to_have_url(re.compile(r"/trail/\?works=\d+,\d+,\d+,\d+$"))
    expect(page.locator(".work-card__title")).to_have_text(visited)


def test_works_just_seen_can_be_shown_in_the_list_again(page: Page, works):
    page.goto(works[0].get_absolute_url())
    page.goto(works[1].get_absolute_url())
    titles = page.locator("#similar .work-card__title")
    expect(titles.first).to_have_text("Number 2")

    page.get_by_role("link", name="Show it too").click()

    expect(page.locator("#similar .work-card__title", has_text=re.compile("^Number 0$"))).to_be_visible()


def test_favourites_are_kept_in_the_browser_and_can_be_taken_back(page: Page, works):
    link = page.get_by_role("link", name="Favourites")
    page.goto(works[3].get_absolute_url())
    expect(link).to_be_hidden()

    page.get_by_role("button", name="Keep as favourite").click()
    expect(page.get_by_role("button", name="Remove from favourites")).to_be_focused()
    page.goto(works[5].get_absolute_url())
    page.get_by_role("button", name="Keep as favourite").click()
    link.click()

    expect(page.locator(".work-card__title")).to_have_text(["Number 3", "Number 5"])
    expect(page.get_by_role("button", name="Print this sheet")).to_be_visible()

    page.goto("/favourites/")
    expect(page.locator(".work-card__title")).to_have_text(["Number 3", "Number 5"])

    page.goto(works[3].get_absolute_url())
    page.get_by_role("button", name="Remove from favourites").click()
    expect(link).to_have_text("Favourites 1")
