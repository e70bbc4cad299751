"""Three works of one collection and its curator. Models are imported late: Django is set up after this file."""

import pytest


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test here uses the database."""


@pytest.fixture
def prints():
    from tests import factories

    return factories.a_collection(slug="prints", title="Prints")


@pytest.fixture
def curator(prints):
    from tests import factories

    return factories.a_user("curator", curates=prints)


@pytest.fixture
def kept(prints):
    """A published work with a picture, 1923.1."""
    return a_pictured_work(prints, accession_number="1923.1", title="Great Wave", medium="Woodblock print")


@pytest.fixture
def merged(prints):
    """A second record of it with two pictures, 1923.4."""
    from tests import factories

    work = a_pictured_work(prints, accession_number="1923.4", title="The Wave", credit_line="Gift", medium="Print")
    factories.an_image(work, view_label="verso")
    return work


@pytest.fixture
def third(prints):
    return a_pictured_work(prints, accession_number="1923.7", title="Under the Wave")


def a_pictured_work(collection, **fields: object):
    from tests import factories

    work = factories.a_work(collection, **fields)
    factories.an_image(work)
    return work
