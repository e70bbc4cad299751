"""A German browser through the search by picture, a work, the list of the map and the review desk."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from similarity.groups.building import overview_stages, versions
from similarity.models import Verdict
from tests import factories, pictures
from tests.browser.conftest import PAGE_MS
from tests.browser.picture_search.conftest import works
from tests.browser.picture_search.pointing import choose
from tests.browser.test_desk import a_pair
from tests.similarity.placed_works import embedded_work

__all__ = ["works"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ENGLISH = re.compile(
    r"\b(Search|Show|Browse|Review|Next|Previous|Back|Undo|Duplicate|Close|works?|pictures?|similar|nearest|of)\b"
)


@pytest.fixture
def german(browser: Browser, live_server) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url, locale="de-DE", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(PAGE_MS)
    yield context.new_page()
    context.close()


def sign_in(page: Page, base_url: str, name: str, **roles: object) -> None:
    client = Client()
    client.force_login(factories.a_user(name, **roles))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base_url}])


def expect_german(page: Page, heading: str | re.Pattern[str]) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    # The footer has a button for English.
    text = page.evaluate("[...document.querySelectorAll('header, main')].map(part => part.innerText).join(' ')")
    assert ENGLISH.findall(text) == []


def test_a_search_by_picture_and_a_work_are_german(german: Page, works, tmp_path: Path) -> None:
    picture = tmp_path / "own.jpg"
    picture.write_bytes(factories.painted(3))

    german.goto("/search/picture/")
    expect_german(german, "Bildsuche")
    choose(german, picture)
    german.get_by_role("button", name="Ähnliche Werke suchen").click()
    expect(german.locator("#answer .work-card").first).to_be_visible()
    expect_german(german, "Bildsuche")

    german.locator("#answer .work-card").first.get_by_role("link").click()
    expect(german.get_by_role("heading", name="Verwandte Werke")).to_be_visible()
    expect_german(german, re.compile(r"^Work \d+$"))


def test_the_list_of_the_map_is_german(german: Page, media) -> None:
    collection = factories.a_collection(title="Drucke")
    for number, angle in enumerate(np.linspace(0, 3, 12)):
        embedded_work(collection, angle, title=f"Quokka {number}")
    versions.request()
    while overview_stages.run():
        pass

    german.goto("/map/?as=list")

    expect(german.get_by_text("Quokka 3").first).to_be_visible()
    expect_german(german, "Karte")


def test_a_pair_is_decided_by_a_key_in_german(german: Page, live_server, media) -> None:
    prints = factories.a_collection(title="Drucke")
    pair = a_pair(prints, "A", pictures.landscape(20), pictures.landscape(21), correlation=0.9)
    a_pair(prints, "B", pictures.landscape(30), pictures.landscape(31), correlation=0.8)
    sign_in(german, live_server.url, "ada", curates=prints)

    german.goto("/review/")
    expect(german.get_by_role("heading", level=1)).to_have_text("Mögliche Dubletten")
    german.goto(pair.get_absolute_url())
    expect(german.get_by_role("button", name="Nebeneinander")).to_be_visible()
    german.wait_for_load_state("networkidle")
    expect_german(german, "A.1 und A.2")
    german.keyboard.press("2")

    expect(german.get_by_role("button", name="Rückgängig machen")).to_be_visible()
    expect_german(german, "B.1 und B.2")
    pair.refresh_from_db()
    assert pair.verdict == Verdict.SIMILAR
