"""Indexes of spaces that are built beside the live one: made late, once, and before anybody searches by them."""

from pathlib import Path

import pytest
from django.db import DataError, connection, transaction

from collection.models import Step
from similarity import sweeping
from similarity.embedding import pipeline
from similarity.index import hnsw
from similarity.models import Space, SpaceState
from similarity.spaces import indexing, lifecycle, planning, retiring
from tests import fakes
from tests.similarity.spaces.growing import another_session, filled, state_of, untrained, uploaded

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed


def built_beside(weights: str = "new") -> tuple[Space, fakes.FakeEmbedder]:
    """A space with its vectors, beside a live one."""
    uploaded(3)
    filled("old")
    embedder = untrained(weights)
    planning.open_all(embedder)
    return Space.objects.get(state=SpaceState.BUILDING), embedder


def test_a_space_that_is_being_built_has_no_index_while_pictures_wait_for_it(media: Path):
    space, _ = built_beside()

    indexing.run()

    assert not hnsw.is_made(space)


def test_its_index_is_made_when_its_vectors_are_there_and_only_then_it_goes_live(media: Path):
    space, embedder = built_beside()
    pipeline.run([embedder])

    sweeping.sweep()
    before = state_of(space)
    made = indexing.run()
    sweeping.sweep()

    assert (before, made, state_of(space)) == (SpaceState.BUILDING, 1, SpaceState.LIVE)
    assert hnsw.is_made(space)
    assert indexing.run() == 0


def test_no_index_is_made_while_the_steps_of_a_new_space_are_still_being_noted(media: Path):
    space, _ = built_beside()
    Step.objects.filter(key=space.step_key).delete()

    indexing.run()

    assert not hnsw.is_made(space)


def test_a_space_that_is_retired_while_another_gets_its_index_gets_none(media: Path, monkeypatch: pytest.MonkeyPatch):
    space, embedder = built_beside()
    pipeline.run([embedder])
    listed = list(lifecycle.open_spaces())
    lifecycle.retire(space)
    monkeypatch.setattr(lifecycle, "open_spaces", lambda: listed)

    indexing.run()

    assert not hnsw.is_made(space)


def test_a_half_made_index_is_made_anew(media: Path):
    space, embedder = built_beside()
    pipeline.run([embedder])
    with connection.cursor() as cursor:
        hnsw.create(space)
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)", [space.index_name])
    left_half_made = hnsw.is_made(space)

    indexing.run()

    assert (left_half_made, hnsw.is_made(space)) == (False, True)


def test_a_failure_within_a_transaction_is_told_as_it_is_and_gives_the_lock_back(media: Path):
    with pytest.raises(DataError, match="dimensions"), transaction.atomic():
        hnsw.create(Space(pk=0, dimensions=0, metric="cosine"))

    with another_session() as other:
        assert other.execute("SELECT pg_try_advisory_lock(%s)", [hnsw.LOCK]).fetchone() == (True,)


def test_whoever_activates_it_before_is_told_what_it_waits_for(media: Path):
    space, embedder = built_beside()
    pipeline.run([embedder])

    with pytest.raises(lifecycle.SpaceError, match="index of space"):
        lifecycle.activate(space)

    assert state_of(space) == SpaceState.BUILDING


def test_an_index_that_another_worker_makes_is_left_to_it(media: Path):
    space, _ = built_beside()

    with another_session() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [hnsw.LOCK])
        hnsw.create(space)
        assert not hnsw.is_made(space)
    hnsw.create(space)

    assert hnsw.is_made(space)


def test_a_live_space_without_an_index_gets_one(media: Path):
    space = filled("old")
    hnsw.drop(space)

    indexing.run()

    assert hnsw.is_made(space)


def test_a_retired_space_is_cleared_once_no_index_is_being_made(media: Path):
    uploaded(3)
    space = filled("old")
    Space.objects.update(state=SpaceState.RETIRED)

    with another_session() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [hnsw.LOCK])
        retiring.run()
        left_meanwhile = space.embeddings.count()
    retiring.run()

    assert (left_meanwhile, space.embeddings.count()) == (3, 0)
