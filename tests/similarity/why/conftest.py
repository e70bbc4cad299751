"""Two works that look alike, a live space, and the messages to workers. Models are imported late, as Django is."""

import pytest


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    from similarity.explain import questions
    from similarity.workers import ephemeral, fair_queue
    from tests import broker

    with ephemeral.connect() as redis:
        redis.delete(*broker.QUEUES, fair_queue.KEY, *redis.scan_iter(f"{questions.PREFIX}*"))


@pytest.fixture
def messages(broker):
    """The pairs of pictures, with their space, that wait for a worker."""
    from similarity.explain import questions
    from tests.similarity.sent_messages import SentMessages

    return SentMessages(questions.EXPLAIN)


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
