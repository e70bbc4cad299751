"""A site that grows: pictures come in, networks are met, workers and sweeps do what there is to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from collection import ingest
from collection.models import ArtworkImage, Step
from similarity import sweeping
from similarity.embedding import pipeline
from similarity.models import Sample, Space, SpaceState
from similarity.spaces import fitting, indexing, planning
from tests import factories, fakes


def uploaded(count: int, start: int = 1) -> list[ArtworkImage]:
    collection = factories.a_collection()
    return [
        ingest.add(factories.a_work(collection), ingest.NewPicture(factories.painted(seed), f"{seed}.jpg"))
        for seed in range(start, start + count)
    ]


def untrained(weights: str, batch_size: int = 4) -> fakes.FakeEmbedder:
    """A network whose space gives way by itself to one of any other network."""
    return fakes.FakeEmbedder(weights=weights, is_trained=False, batch_size=batch_size)


def filled(weights: str) -> Space:
    embedder = untrained(weights)
    space = fakes.opened(embedder)
    pipeline.run([embedder])
    return space


def whitened(weights: str = "net", count: int = 8, *, is_trained: bool = False) -> tuple[fakes.FakeEmbedder, Space]:
    """A site whose live space was fitted on its pictures."""
    embedder = fakes.FakeEmbedder(weights=weights, is_trained=is_trained)
    planning.open_all(embedder)
    uploaded(count)
    settle(embedder)
    return embedder, Space.objects.get(state=SpaceState.LIVE)


def settle(*embedders: fakes.FakeEmbedder) -> None:
    """Run workers and sweeps in turn until a round changes nothing, six rounds at most."""
    for _ in range(6):
        before = rows_of_spaces()
        pipeline.run(embedders)
        fitting.run()
        sweep()
        if rows_of_spaces() == before:
            return


def rows_of_spaces() -> list[tuple[object, ...]]:
    """Return every row that decides what workers and sweeps do next."""
    return [row for model in (Space, Step, Sample) for row in model.objects.order_by("pk").values_list()]


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


@contextmanager
def another_session() -> Iterator[psycopg.Connection]:
    """Open a second session of the same database, as another worker has one; at its end its locks are released.

    Closing it does not wait until the server has released its advisory locks, so they are released before.
    """
    wanted = ("host", "port", "user", "password", "dbname")
    given = connection.get_connection_params()
    with psycopg.connect(**{name: value for name, value in given.items() if name in wanted and value}) as session:
        yield session
        session.execute("SELECT pg_advisory_unlock_all()")
