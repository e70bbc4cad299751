"""A collection and its curator, and a folder to import. Models are imported late: Django is set up after this file."""

from pathlib import Path

import pytest


@pytest.fixture
def collection(media: Path):
    """A public collection with the slug art."""
    from tests.factories import a_collection

    return a_collection(slug="art")


@pytest.fixture
def curator(collection):
    """A browser in which a curator of the collection is signed in."""
    from tests.collection.uploads import signed_in
    from tests.factories import a_user

    return signed_in(a_user("curator", curates=collection))


@pytest.fixture
def folder(tmp_path: Path, media: Path, settings) -> Path:
    """A folder to import from, with pictures 1.jpg, 2.jpg and 3.jpg."""
    from tests.factories import painted

    settings.KINDRED_HOME = tmp_path / "home"
    found = tmp_path / "pictures"
    found.mkdir()
    for seed in (1, 2, 3):
        (found / f"{seed}.jpg").write_bytes(painted(seed))
    return found
