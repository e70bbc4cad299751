"""The life of a space: built beside the live one, switched when complete, never by a passer-by."""

from pathlib import Path

import pytest

from collection import ingest
from collection.models import Step, StepState
from similarity import pipeline, spaces, sweeping
from similarity.models import Space, SpaceState
from tests import factories, fakes

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed


def uploaded(count: int) -> None:
    collection = factories.a_collection()
    for seed in range(1, count + 1):
        ingest.add(factories.a_work(collection), ingest.NewPicture(factories.painted(seed), f"{seed}.jpg"))


def filled(weights: str) -> Space:
    embedder = fakes.FakeEmbedder(weights=weights)
    space = spaces.of(embedder.identity)
    pipeline.run(embedder, space)
    return space


def state_of(space: Space) -> str:
    return Space.objects.get(pk=space.pk).state


def test_another_network_is_built_beside_the_live_space_and_goes_live_when_complete(media: Path):
    old, new = fakes.FakeEmbedder(weights="old"), fakes.FakeEmbedder(weights="new")
    old_space = spaces.of(old.identity)
    uploaded(3)
    pipeline.run(old, old_space)

    new_space = spaces.of(new.identity)
    sweeping.sweep()
    live_while_building = spaces.live()
    pipeline.run(new, new_space)
    sweeping.sweep()

    assert live_while_building == old_space
    assert spaces.live() == new_space
    old_space.refresh_from_db()
    assert old_space.state == SpaceState.RETIRED


def test_looking_a_space_up_neither_makes_nor_revives_one(media: Path):
    uploaded(2)
    old, new = filled("old"), filled("new")
    sweeping.sweep()

    found = spaces.find(fakes.FakeEmbedder(weights="old").identity)
    sweeping.sweep()

    assert found == old
    assert (state_of(old), state_of(new)) == (SpaceState.RETIRED, SpaceState.LIVE)
    assert spaces.find(fakes.FakeEmbedder(weights="unknown").identity) is None
    assert Space.objects.count() == 2


def test_a_network_that_is_started_again_is_rolled_back_to(media: Path):
    uploaded(2)
    old, new = filled("old"), filled("new")
    sweeping.sweep()

    spaces.of(fakes.FakeEmbedder(weights="old").identity)
    sweeping.sweep()

    assert (state_of(old), state_of(new)) == (SpaceState.LIVE, SpaceState.RETIRED)


def test_a_retired_space_leaves_no_work_behind(media: Path):
    old = spaces.of(fakes.FakeEmbedder(weights="old").identity)
    uploaded(2)
    filled("new")
    sweeping.sweep()

    assert state_of(old) == SpaceState.RETIRED
    assert not Step.objects.filter(key=old.step_key).exists()


def test_a_space_in_which_most_pictures_failed_does_not_go_live(media: Path):
    uploaded(3)
    old = filled("old")
    new = spaces.of(fakes.FakeEmbedder(weights="new").identity)
    Step.objects.filter(key=new.step_key).update(state=StepState.FAILED)

    sweeping.sweep()

    assert (state_of(old), state_of(new)) == (SpaceState.LIVE, SpaceState.BUILDING)


def test_a_space_goes_live_only_once_every_picture_has_its_step(media: Path):
    uploaded(2)
    filled("old")
    new = filled("new")
    Step.objects.filter(key=new.step_key).first().delete()

    sweeping.sweep()

    assert state_of(new) == SpaceState.BUILDING
    assert Step.objects.filter(key=new.step_key, state=StepState.PENDING).count() == 1
