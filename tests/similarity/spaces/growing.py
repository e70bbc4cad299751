"""A site that grows: pictures come in, networks are met, workers and sweeps do what there is to do."""

import psycopg
from django.db import connection

from collection import ingest
from collection.models import ArtworkImage
from similarity import fitting, indexing, pipeline, planning, sweeping
from similarity.models import Space, SpaceState
from tests import factories, fakes


def uploaded(count: int, start: int = 1) -> list[ArtworkImage]:
    collection = factories.a_collection()
    return [
        ingest.add(factories.a_work(collection), ingest.NewPicture(factories.painted(seed), f"{seed}.jpg"))
        for seed in range(start, start + count)
    ]


def filled(weights: str) -> Space:
    embedder = fakes.FakeEmbedder(weights=weights)
    space = fakes.opened(embedder)
    pipeline.run([embedder])
    return space


def whitened(weights: str = "net", count: int = 8) -> tuple[fakes.FakeEmbedder, Space]:
    """A site whose live space was fitted on its pictures."""
    embedder = fakes.FakeEmbedder(weights=weights)
    planning.open_all(embedder)
    uploaded(count)
    settle(embedder)
    return embedder, Space.objects.get(state=SpaceState.LIVE)


def settle(*embedders: fakes.FakeEmbedder) -> None:
    """As workers and sweeps do it, until nothing is left to do."""
    for _ in range(6):
        pipeline.run(embedders)
        fitting.run()
        sweep()


def sweep() -> None:
    """With what a worker does that it rings for."""
    indexing.run()
    sweeping.sweep()


def state_of(space: Space) -> str:
    return Space.objects.get(pk=space.pk).state


def index_definition(space: Space) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [space.index_name])
        row = cursor.fetchone()
    return row[0] if row else ""


def another_session() -> psycopg.Connection:
    """Of the same database, as another worker has one."""
    wanted = ("host", "port", "user", "password", "dbname")
    given = connection.get_connection_params()
    return psycopg.connect(**{name: value for name, value in given.items() if name in wanted and value})
