"""Earlier spaces are kept or cleared away, to the last row, and do not come back by themselves."""

from pathlib import Path

import pytest

from collection.jobs import job_queue
from collection.models import Step
from similarity import sweeping
from similarity.embedding import pipeline
from similarity.models import Embedding, SpaceState
from similarity.spaces import lifecycle, planning, retiring
from tests.similarity.spaces.growing import filled, index_definition, state_of, sweep, untrained, uploaded

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed


def test_one_earlier_space_is_kept_and_those_before_it_are_retired_to_the_last_row(media: Path):
    uploaded(2)
    first, second, third = filled("a"), filled("b"), None
    sweep()
    third = filled("c")
    sweep()
    sweep()

    assert [state_of(space) for space in (first, second, third)] == ["retired", "kept", "live"]
    assert not Embedding.objects.filter(space=first).exists()
    assert index_definition(first) == ""
    assert not Step.objects.filter(key=f"embed:{first.pk}").exists()


def test_the_live_space_can_not_be_retired(media: Path):
    only = filled("only")

    with pytest.raises(lifecycle.SpaceError, match="is live"):
        lifecycle.retire(only)


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
