"""Retired spaces lose their vectors, jobs and index; the previous space of a lens stays."""

from pathlib import Path

import numpy as np
import pytest

from collection.jobs import job_queue
from collection.models import Step
from similarity import sweeping
from similarity.embedding import pipeline
from similarity.index import store
from similarity.models import Space, SpaceState
from similarity.spaces import lifecycle, planning, retiring
from tests.similarity.spaces.growing import filled, index_definition, state_of, sweep, untrained, uploaded

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed


def rows_of(space: Space) -> tuple[int, int, bool]:
    """Return its vectors, its jobs, and whether it has an index."""
    jobs = Step.objects.filter(key=f"embed:{space.pk}").count()
    return space.embeddings.count(), jobs, index_definition(space) != ""


def test_one_previous_space_stays_and_older_ones_are_cleared_to_the_last_row(media: Path):
    uploaded(2)
    first, second = filled("a"), filled("b")
    sweep()
    before = rows_of(first)
    third = filled("c")
    sweep()
    sweep()

    assert before == (2, 2, True)
    assert [state_of(space) for space in (first, second, third)] == ["retired", "previous", "live"]
    assert [rows_of(space) for space in (first, second, third)] == [(0, 0, False), (2, 2, True), (2, 2, True)]


def test_the_live_space_can_not_be_retired(media: Path):
    uploaded(2)
    only = filled("only")
    sweep()

    with pytest.raises(lifecycle.SpaceError, match="is live"):
        lifecycle.retire(only)
    retiring.run()

    assert state_of(only) == SpaceState.LIVE
    assert rows_of(only) == (2, 2, True)


def test_a_cleared_space_is_not_visited_again(media: Path, django_assert_num_queries):
    uploaded(2)
    old, _ = filled("old"), filled("new")
    sweep()
    lifecycle.retire(old)
    retiring.run()

    with django_assert_num_queries(1):
        retiring.run()

    assert rows_of(old) == (0, 0, False)


def test_a_vector_that_a_slow_worker_adds_to_a_cleared_space_is_deleted(media: Path):
    image, _ = uploaded(2)
    old, _ = filled("old"), filled("new")
    sweep()
    lifecycle.retire(old)
    retiring.run()
    store.put_all(old, [image.pk], np.ones((1, old.dimensions), np.float32))

    sweeping.repair()
    retiring.run()

    assert rows_of(old) == (0, 0, False)


def test_a_retired_space_is_cleared_in_slices(media: Path, monkeypatch):
    monkeypatch.setattr(retiring, "SLICE", 2)
    uploaded(3)
    old, _ = filled("old"), filled("new")
    sweep()
    lifecycle.retire(old)

    retiring.run()
    left = old.embeddings.count()
    retiring.run()

    assert left == 1
    assert not old.embeddings.exists()


def test_a_network_whose_space_was_retired_comes_back_only_when_asked_for(media: Path):
    uploaded(2)
    first = filled("a")
    for weights in ("b", "c"):
        filled(weights)
        sweep()

    planning.open_all(untrained("a"))
    pipeline.run([untrained("a")])
    sweep()

    assert state_of(first) == SpaceState.RETIRED
    assert lifecycle.live().weights_digest == "c"


def test_work_for_a_space_that_is_no_longer_open_is_forgotten(media: Path):
    uploaded(2)
    old = filled("old")
    filled("new")
    sweep()
    job_queue.add(uploaded(1, start=10), f"embed:{old.pk}")  # by an upload that saw the space before it was switched

    sweeping.repair()

    assert job_queue.left(f"embed:{old.pk}") == 0
