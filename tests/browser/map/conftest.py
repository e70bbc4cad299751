"""Works on a map, and a browser that can draw it."""

import shutil
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ARGUMENTS, PAGE_MS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SOFTWARE_WEBGL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


@pytest.fixture
def works(media, transactional_db):
    from similarity.groups.building import overview_stages, versions
    from tests import factories
    from tests.similarity.placed_works import embedded_work

    collection = factories.a_collection()
    works = [embedded_work(collection, angle, title=f"Quokka {n}") for n, angle in enumerate(np.linspace(0, 3, 12))]
    versions.request()
    while overview_stages.run():
        pass
    return works


@pytest.fixture
def drawn(browser, live_server) -> Iterator[Page]:
    """An empty tab of a browser that can draw the map. An error message of the scripts fails the test."""
    args = [flag for flag in ARGUMENTS if flag != "--disable-gpu"] + SOFTWARE_WEBGL
    own = browser.browser_type.launch(executable_path=CHROMIUM, args=args)
    context = own.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce", has_touch=True
    )
    context.set_default_timeout(PAGE_MS)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    yield tab
    own.close()
    assert complaints == []
