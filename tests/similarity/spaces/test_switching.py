"""What is live is switched at once, there and back, and never against what a person chose."""

from pathlib import Path

import pytest

from collection import ingest
from collection.jobs import job_queue
from collection.models import StepState
from similarity.embedding import batches, pipeline
from similarity.models import DuplicatePair, Space, SpaceState
from similarity.spaces import lifecycle, planning
from tests import factories, fakes
from tests.similarity.spaces.growing import (
    filled,
    index_definition,
    settle,
    state_of,
    sweep,
    untrained,
    uploaded,
    whitened,
)
from tests.work import flag_all

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed


def test_a_network_that_is_met_again_undoes_no_decision(media: Path):
    uploaded(2)
    old, new = filled("old"), filled("new")
    sweep()
    lifecycle.roll_back("look")

    planning.open_all(untrained("new"))
    sweep()

    assert (state_of(old), state_of(new)) == (SpaceState.LIVE, SpaceState.PREVIOUS)


def test_rolling_back_is_at_once_and_what_came_in_meanwhile_is_made_up_for(media: Path):
    uploaded(2)
    old, new = filled("old"), filled("new")
    sweep()
    (late,) = uploaded(1, start=10)
    pipeline.run([untrained("new")])

    back = lifecycle.roll_back("look")

    assert back == old == lifecycle.live()
    assert state_of(new) == SpaceState.PREVIOUS
    assert late.steps.get(key=old.step_key).state == StepState.PENDING


def test_there_must_be_something_to_roll_back_to(media: Path):
    filled("only")

    with pytest.raises(lifecycle.SpaceError, match="has no previous space"):
        lifecycle.roll_back("look")


def test_a_space_that_is_not_complete_can_not_be_activated(media: Path):
    uploaded(2)
    filled("old")
    new = fakes.opened(untrained("new"))

    with pytest.raises(lifecycle.SpaceError, match="0 vectors, the live one 2"):
        lifecycle.activate(new)

    assert state_of(new) == SpaceState.BUILDING


def test_what_a_person_plans_waits_for_a_person(media: Path):
    embedder, live = whitened()
    planned = planning.plan(live.identity, live.recipe, metric="l2")
    settle(embedder)

    waiting = state_of(planned)
    lifecycle.activate(Space.objects.get(pk=planned.pk))

    assert waiting == SpaceState.BUILDING
    assert lifecycle.live() == planned
    assert "halfvec_l2_ops" in index_definition(planned)


def test_a_refit_that_was_rolled_back_does_not_come_back_by_itself(media: Path):
    embedder, first = whitened(count=8)
    uploaded(9, start=100)
    settle(embedder)
    refit = lifecycle.live()

    lifecycle.roll_back("look")
    settle(embedder)

    assert refit != first
    assert lifecycle.live() == first


def test_what_is_on_its_way_does_not_override_a_persons_choice(media: Path):
    _, live = whitened("old")
    new = untrained("new")
    planning.open_all(new)

    lifecycle.roll_back("look")
    settle(new)

    assert lifecycle.live().weights_digest == live.weights_digest


def test_a_space_that_was_retired_meanwhile_is_not_switched_to(media: Path):
    uploaded(2)
    old, new = filled("old"), filled("new")
    listed = Space.objects.get(pk=new.pk)
    lifecycle.retire(new)

    lifecycle.switch_when_complete(listed)

    assert (state_of(old), state_of(new)) == (SpaceState.LIVE, SpaceState.RETIRED)


def test_a_kept_space_is_gone_back_to_however_much_came_in_meanwhile(media: Path):
    uploaded(2)
    old, new = filled("old"), filled("new")
    sweep()
    late = uploaded(3, start=10)
    pipeline.run([untrained("new")])

    lifecycle.activate(old)

    assert lifecycle.live() == old
    assert {image.steps.get(key=old.step_key).priority for image in late} == {job_queue.UPLOAD_PRIORITY}
    assert state_of(new) == SpaceState.PREVIOUS


def test_a_copy_that_comes_in_while_the_space_is_switched_is_flagged(media: Path, monkeypatch):
    uploaded(2)
    embedder = untrained("new")
    filled("old")
    new = filled("new")
    copy = ingest.add(factories.a_work(factories.a_collection()), ingest.NewPicture(factories.painted(1), "copy.jpg"))
    gather = batches.gather

    def slowly(batch):
        gather(batch)
        if state_of(new) != SpaceState.LIVE:
            lifecycle.switch_to(new)

    monkeypatch.setattr(batches, "gather", slowly)
    pipeline.run([embedder])
    flag_all()

    assert DuplicatePair.objects.filter(high=copy, is_identical=True).exists()
