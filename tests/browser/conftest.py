"""A real browser: the machine's Chromium, driven by Playwright. Without one the tests say so and are left out."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.requests_running import RequestsRunning
from tests.flows.conftest import PATIENCE_S, workers

__all__ = ["workers"]

WORKER_MS = PATIENCE_S * 1000  # until a worker has done its work
PAGE_MS = 60_000  # until a page has loaded, or shows what a click asked for

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("NO BROWSER TESTS: there is no Chromium on this machine (Debian: apt-get install chromium)")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs an event loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        expect.set_options(timeout=PAGE_MS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def requests_running() -> Iterator[RequestsRunning]:
    with RequestsRunning() as requests:
        yield requests


# A browser reports this of its own animation between two pages when a test resizes the window during it.
RESIZED = "Transition was aborted because of invalid state. Viewport size changed"


@pytest.fixture
def page(browser: Browser, live_server, requests_running: RequestsRunning) -> Iterator[Page]:
    """An empty tab on a live site; what the scripts complain about fails the test."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PAGE_MS)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)) if RESIZED not in str(error) else None)
    tab.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield tab
    context.close()
    requests_running.wait_for_the_last()  # a running query can deadlock with the TRUNCATE after the test
    assert complaints == []
