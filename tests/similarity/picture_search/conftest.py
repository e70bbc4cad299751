"""Two live lenses, works to find, and the messages to workers. Models are imported late: Django is set up later."""

import pytest

LENSES = ("look", "colour")


@pytest.fixture(autouse=True)
def nobody_waits() -> None:
    from similarity.image_query import searches
    from similarity.workers import ephemeral, fair_queue
    from tests import broker

    with ephemeral.connect() as redis:
        redis.delete(*broker.QUEUES, fair_queue.KEY, *redis.scan_iter(f"{searches.PREFIX}*"))


@pytest.fixture
def messages(broker):
    """The tokens of the searches that wait for a worker."""
    from similarity.image_query import searches
    from tests.similarity.sent_messages import SentTokens

    return SentTokens(searches.SEARCH)


@pytest.fixture
def embedder():
    """An embedder with a live space for each of its lenses."""
    from tests import fakes

    embedder = fakes.FakeEmbedder(lenses=LENSES)
    for lens in LENSES:
        fakes.opened(embedder, lens)
    return embedder


@pytest.fixture
def add_work(embedder):
    """Return a function that makes a painted work with a vector in each lens."""
    from tests.similarity.picture_search.asking import indexed

    def add_work(seed: int, **fields: object):
        return indexed(embedder, LENSES, seed, **fields)

    return add_work
