"""Models are imported late: Django is set up after this file."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from similarity.models import Space


@pytest.fixture
def admin_client(client: Client) -> Client:
    from tests import factories

    client.force_login(factories.a_user("admin", is_superuser=True))
    return client


@pytest.fixture
def two(media: Path) -> "tuple[Space, Space]":
    """A live space, and another network's that is built beside it; three works in both."""
    from django.db import connection

    from collection import ingest
    from similarity.embedding import pipeline
    from similarity.spaces import indexing
    from tests import factories, fakes

    collection = factories.a_collection()
    for seed in (5, 23, 42):
        factories.add_picture(factories.a_work(collection), ingest.NewPicture(factories.painted(seed), f"{seed}.jpg"))
    embedders = [fakes.FakeEmbedder(weights=weights) for weights in ("old", "new")]
    made = tuple(fakes.opened(embedder) for embedder in embedders)
    pipeline.run(embedders)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # of rows whose checks wait no index can be made
    indexing.run()
    return made
