"""A space is built beside the live one, and goes live once it is complete."""

from pathlib import Path

import pytest

from collection.jobs import job_queue
from collection.models import ArtworkImage, Job, JobState
from similarity.embedding import pipeline
from similarity.models import Embedding, Space, SpaceState
from similarity.spaces import lifecycle, planning
from tests import fakes
from tests.similarity.spaces.growing import filled, settle, state_of, sweep, untrained, uploaded, whitened

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed


def test_another_network_is_built_beside_the_live_space_and_goes_live_when_complete(media: Path):
    old, first = whitened("old")
    new = untrained("new")

    planning.open_all(new)
    sweep()
    live_while_building = lifecycle.live()
    settle(old, new)

    assert live_while_building == first
    assert lifecycle.live().weights_digest == "new"
    assert state_of(first) == SpaceState.PREVIOUS


def test_the_same_space_is_not_planned_twice(media: Path):
    _, live = whitened()
    planning.plan(live.identity, live.recipe)

    with pytest.raises(lifecycle.SpaceError, match="already being built"):
        planning.plan(live.identity, live.recipe)


def test_a_space_in_which_most_pictures_failed_does_not_go_live_and_says_so(media: Path):
    uploaded(3)
    old = filled("old")
    new = fakes.opened(untrained("new"))
    Job.objects.filter(key=new.job_key).update(state=JobState.FAILED)

    sweep()

    assert (state_of(old), state_of(new)) == (SpaceState.LIVE, SpaceState.BUILDING)
    assert "0 vectors, the live one 3" in Space.objects.get(pk=new.pk).problem


def test_a_space_that_lacks_too_much_is_looked_at_again_once_that_changes(media: Path):
    images = uploaded(3)
    old = filled("old")
    new = fakes.opened(untrained("new"))
    Job.objects.filter(key=new.job_key).update(state=JobState.FAILED)
    sweep()
    sweep()
    stuck = state_of(new)
    job_queue.retry_failed(images)

    settle(untrained("new"))

    assert stuck == SpaceState.BUILDING
    assert (state_of(old), state_of(new)) == (SpaceState.PREVIOUS, SpaceState.LIVE)
    assert Space.objects.get(pk=new.pk).problem == ""


def test_a_space_that_still_waits_for_very_many_does_not_go_live(media: Path, monkeypatch):
    uploaded(4)
    filled("old")
    new = filled("new")
    monkeypatch.setattr(lifecycle, "LEAST_SHARE", 0.1)
    monkeypatch.setattr(lifecycle, "MOST_LEFT", 3)
    Job.objects.filter(key=new.job_key, image__in=ArtworkImage.objects.order_by("pk")[:3]).update(
        state=JobState.PENDING
    )

    sweep()
    waiting = state_of(new)
    Job.objects.filter(key=new.job_key).update(state=JobState.DONE)
    sweep()

    assert (waiting, state_of(new)) == (SpaceState.BUILDING, SpaceState.LIVE)


def test_pictures_deleted_while_a_space_is_built_do_not_hold_it_up(media: Path):
    images = uploaded(4)
    filled("old")
    new_embedder = untrained("new", batch_size=2)
    new = fakes.opened(new_embedder)
    pipeline.run([new_embedder], pipeline.Pace(has_time=lambda: False))
    for image in images[:3]:
        image.delete()

    settle(new_embedder)

    assert lifecycle.live() == new
    assert new.embeddings.count() == 1


def test_a_space_goes_live_only_once_every_picture_has_its_job(media: Path):
    uploaded(2)
    filled("old")
    new = filled("new")
    Job.objects.filter(key=new.job_key).first().delete()

    sweep()

    assert state_of(new) == SpaceState.BUILDING
    assert job_queue.left(new.job_key) == 1


def test_uploads_are_embedded_into_live_and_building_spaces_in_one_pass(media: Path):
    uploaded(2)
    embedder = fakes.FakeEmbedder(lenses=("look", "texture"))
    planning.open_all(embedder)

    pipeline.run([embedder])

    assert embedder.seen == 2
    assert Embedding.objects.filter(space__state=SpaceState.LIVE).count() == 4


def test_a_live_network_that_is_not_at_hand_does_not_block_its_successor(media: Path):
    _, dead = whitened("dead", is_trained=True)
    Space.objects.filter(pk=dead.pk).update(problem="The weights are not at hand.")
    uploaded(1, start=50)
    new = untrained("new")
    planning.open_all(new)

    settle(new)

    assert lifecycle.live().weights_digest == "new"
