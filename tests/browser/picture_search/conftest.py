"""Works to be found in a browser, and a picture to find them by. Models are imported late: Django is set up after
this file."""

import importlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PAGE_MS


@pytest.fixture
def works(transactional_db):
    """By their seed, works in the index of two lenses. A thread answers searches as a worker does."""
    from similarity.explain import next_question
    from similarity.index import store
    from similarity.vision.pixels import decoding
    from tests import broker, factories, fakes

    importlib.import_module(
        "similarity.embedding.describing"
    )  # torch comes with it, which takes seconds the first time
    embedder = fakes.FakeEmbedder(lenses=("look", "colour"))
    collection = factories.a_collection()
    works = {seed: factories.a_work(collection, accession_number=f"S.{seed}") for seed in range(1, 9)}
    for seed, work in works.items():
        image = factories.an_image(work)
        square = decoding.read(factories.painted(seed), embedder.canvases).canvas
        for lens in ("look", "colour"):
            store.put_all(fakes.opened(embedder, lens), [image.pk], fakes.vectors(embedder, [square], lens))
    with broker.FakeWorker("search", lambda: next_question.answer(lambda _: embedder)):
        yield works


@pytest.fixture
def two_in_one(tmp_path: Path) -> Path:
    """A picture of two works side by side."""
    from tests import factories
    from tests.browser.picture_search.pointing import LEFT, RIGHT

    both = Image.new("RGB", (1280, 480))
    for left_px, seed in ((0, LEFT), (640, RIGHT)):
        both.paste(Image.open(BytesIO(factories.painted(seed))), (left_px, 0))
    path = tmp_path / "both.jpg"
    both.save(path, quality=90)
    return path


@pytest.fixture
def phone(browser: Browser, live_server) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True)
    context.set_default_timeout(PAGE_MS)
    yield context.new_page()
    context.close()
