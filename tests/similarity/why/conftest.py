"""Two works that look alike, a live space, and a record of what workers were asked. Models are imported late: Django is
set up after this file."""

import pytest


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    from similarity.explain import questions
    from similarity.image_query import searches
    from similarity.workers import ephemeral

    with ephemeral.connect() as redis:
        redis.delete(searches.QUEUE, *redis.scan_iter(f"{questions.PREFIX}*"))


@pytest.fixture
def rung(monkeypatch) -> list[list[int]]:
    """The pairs that workers were asked about."""
    from collection.jobs import workers

    asked: list[list[int]] = []
    monkeypatch.setattr(workers, "ask", lambda _, arguments, **__: asked.append(arguments))
    return asked


@pytest.fixture
def space():
    from tests import fakes
    from tests.similarity.mapping import Mapper

    return fakes.opened(Mapper())


@pytest.fixture
def pair(media):
    """Two published works; the second shows what the first shows."""
    from tests import factories

    images = [factories.a_painted_image(seed=5), factories.a_painted_image(seed=5)]
    return images[0].artwork, images[1].artwork
