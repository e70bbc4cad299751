"""A few live lenses, works to be found, and a record of what workers were asked. Models are imported late: Django is
set up after this file."""

import pytest

LENSES = ("look", "colour")


@pytest.fixture(autouse=True)
def nobody_waits() -> None:
    from similarity.image_query import searches
    from similarity.workers import ephemeral

    with ephemeral.connect() as redis:
        redis.delete(searches.QUEUE, *redis.scan_iter(f"{searches.PREFIX}*"))


@pytest.fixture
def rung(monkeypatch) -> list[str]:
    """The tokens that workers were asked about."""
    from collection.jobs import workers

    asked: list[str] = []
    monkeypatch.setattr(workers, "ask", lambda _, arguments, **__: asked.append(arguments[0]))
    return asked


@pytest.fixture
def embedder():
    """With a live space for each of its lenses."""
    from tests import fakes

    embedder = fakes.FakeEmbedder(lenses=LENSES)
    for lens in LENSES:
        fakes.opened(embedder, lens)
    return embedder


@pytest.fixture
def hang(embedder):
    """Puts a painted work into the index of every lens."""
    from tests.similarity.picture_search.asking import indexed

    def hang(seed: int, **fields: object):
        return indexed(embedder, LENSES, seed, **fields)

    return hang
