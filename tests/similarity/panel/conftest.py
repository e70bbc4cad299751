"""A work with similar works in two lenses. Models are imported late: Django is set up after this file."""

import pytest

OFFERED = ("look", "colour")


@pytest.fixture
def embedder():
    from tests import fakes

    return fakes.FakeEmbedder(lenses=OFFERED)


@pytest.fixture
def opened(embedder, db):
    """The live spaces, by lens."""
    from tests import fakes

    return {lens: fakes.opened(embedder, lens) for lens in OFFERED}


@pytest.fixture
def collection(db):
    from tests import factories

    return factories.a_collection(title="Prints & <Drawings>")


@pytest.fixture
def work(opened, collection):
    from tests.similarity.placed_works import a_work_seen

    return a_work_seen(opened, collection, 0.0, 0.0, title="Asked")


@pytest.fixture
def others(opened, collection, work) -> None:
    from tests.similarity.placed_works import a_work_seen

    a_work_seen(opened, collection, 0.1, 1.0, title="Alike in look")
    a_work_seen(opened, collection, 1.0, 0.1, title="Alike in colour")
