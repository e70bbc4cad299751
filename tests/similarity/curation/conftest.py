"""A work with three neighbours in two lenses, and a curator of its collection. Models are imported late."""

import pytest

LENSES = ("look", "colour")


@pytest.fixture
def opened(db):
    """The live spaces, by lens."""
    from tests import fakes

    embedder = fakes.FakeEmbedder(lenses=LENSES)
    return {lens: fakes.opened(embedder, lens) for lens in LENSES}


@pytest.fixture
def collection(db):
    from tests import factories

    return factories.a_collection(title="Prints")


@pytest.fixture
def work(opened, collection):
    from tests.similarity.placed_works import a_work_seen

    return a_work_seen(opened, collection, 0.0, 0.0, title="Asked")


@pytest.fixture
def near(opened, collection, work):
    """The nearest by look, the farthest by colour."""
    from tests.similarity.placed_works import a_work_seen

    return a_work_seen(opened, collection, 0.1, 1.0, title="Near")


@pytest.fixture
def middle(opened, collection, near):
    from tests.similarity.placed_works import a_work_seen

    return a_work_seen(opened, collection, 0.5, 0.5, title="Middle")


@pytest.fixture
def far(opened, collection, middle):
    from tests.similarity.placed_works import a_work_seen

    return a_work_seen(opened, collection, 1.0, 0.1, title="Far")


@pytest.fixture
def curator(collection):
    from tests import factories

    return factories.a_user("ada", curates=collection)
