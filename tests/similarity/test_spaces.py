"""The life of a space: built beside the live one, switched when complete, rolled back, never by a passer-by."""

from pathlib import Path

import numpy as np
import pytest
from django.db import connection

from collection import ingest, steps
from collection.models import ArtworkImage, Step, StepState
from similarity import batches, duplicates, fitting, index, pipeline, planning, retiring, spaces, sweeping
from similarity.models import DuplicatePair, Embedding, Sample, Space, SpaceState
from tests import factories, fakes

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch) -> None:
    monkeypatch.setattr(spaces, "ENOUGH", 6)
    monkeypatch.setattr(spaces, "SAMPLE", 24)


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
        sweeping.sweep()


def state_of(space: Space) -> str:
    return Space.objects.get(pk=space.pk).state


def test_a_first_network_is_searched_at_once_and_whitened_when_there_are_enough_pictures(media: Path):
    embedder = fakes.FakeEmbedder()
    planning.open_all(embedder)
    uploaded(4)
    settle(embedder)
    early, early_count = spaces.live(), Embedding.objects.count()
    uploaded(4, start=5)
    settle(embedder)

    late = spaces.live()

    assert (early.projection, early_count) == ("", 4)
    assert late.projection.startswith("whitened-7:")
    assert (late.fitted_on, late.embeddings.count(), late.dimensions) == (8, 8, 7)
    assert state_of(early) == SpaceState.KEPT
    assert embedder.seen == 8  # each picture was looked at once
    assert not Sample.objects.exists()


def test_what_comes_after_the_fit_is_projected_likewise(media: Path):
    embedder, space = whitened()
    (late,) = uploaded(1, start=40)
    pipeline.run([embedder])

    vector = index.vectors_of(space, [late.pk])[late.pk]

    assert vector.shape == (space.dimensions,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-2)


def test_identical_pictures_cannot_be_fitted_on_and_the_live_space_goes_on(media: Path):
    embedder = fakes.FakeEmbedder()
    planning.open_all(embedder)
    for _ in range(6):  # as one file is held once a collection
        ingest.add(factories.a_work(factories.a_collection()), ingest.NewPicture(factories.painted(1), "1.jpg"))

    settle(embedder)

    stuck = Space.objects.get(state=SpaceState.FITTING)
    assert stuck.problem
    assert spaces.live().embeddings.count() == 6


def test_another_network_is_built_beside_the_live_space_and_goes_live_when_complete(media: Path):
    old, first = whitened("old")
    new = fakes.FakeEmbedder(weights="new")

    planning.open_all(new)
    sweeping.sweep()
    live_while_building = spaces.live()
    settle(old, new)

    assert live_while_building == first
    assert spaces.live().weights_digest == "new"
    assert state_of(first) == SpaceState.KEPT


def test_a_network_on_a_small_collection_takes_over_without_whitening(media: Path):
    uploaded(2)
    old = filled("old")

    new = filled("new")
    sweeping.sweep()

    assert (state_of(old), state_of(new)) == (SpaceState.KEPT, SpaceState.LIVE)


def test_a_network_that_is_met_again_undoes_no_decision(media: Path):
    uploaded(2)
    old, new = filled("old"), filled("new")
    sweeping.sweep()
    spaces.roll_back("look")

    planning.open_all(fakes.FakeEmbedder(weights="new"))
    sweeping.sweep()

    assert (state_of(old), state_of(new)) == (SpaceState.LIVE, SpaceState.KEPT)


def test_rolling_back_is_at_once_and_what_came_in_meanwhile_is_made_up_for(media: Path):
    uploaded(2)
    old, new = filled("old"), filled("new")
    sweeping.sweep()
    (late,) = uploaded(1, start=10)
    pipeline.run([fakes.FakeEmbedder(weights="new")])

    back = spaces.roll_back("look")

    assert back == old == spaces.live()
    assert state_of(new) == SpaceState.KEPT
    assert late.steps.get(key=old.step_key).state == StepState.PENDING


def test_there_must_be_something_to_roll_back_to(media: Path):
    filled("only")

    with pytest.raises(spaces.SpaceError, match="No earlier space"):
        spaces.roll_back("look")


def test_a_space_that_is_not_complete_can_not_be_activated(media: Path):
    uploaded(2)
    filled("old")
    new = fakes.opened(fakes.FakeEmbedder(weights="new"))

    with pytest.raises(spaces.SpaceError, match="0 vectors, the live one 2"):
        spaces.activate(new)

    assert state_of(new) == SpaceState.BUILDING


def test_what_a_person_plans_waits_for_a_person(media: Path):
    embedder, live = whitened()
    planned = planning.plan(live.identity, live.recipe, metric="l2")
    settle(embedder)

    waiting = state_of(planned)
    spaces.activate(Space.objects.get(pk=planned.pk))

    assert waiting == SpaceState.BUILDING
    assert spaces.live() == planned
    assert "halfvec_l2_ops" in index_definition(planned)


def test_the_same_space_is_not_planned_twice(media: Path):
    _, live = whitened()
    planning.plan(live.identity, live.recipe)

    with pytest.raises(spaces.SpaceError, match="being built already"):
        planning.plan(live.identity, live.recipe)


def test_a_projection_fitted_on_few_is_fitted_anew_when_the_collection_has_doubled(media: Path):
    embedder, first = whitened(count=8)
    uploaded(9, start=100)
    settle(embedder)

    second = spaces.live()

    assert second != first
    assert second.fitted_on == 17


def test_one_earlier_space_is_kept_and_those_before_it_are_retired_to_the_last_row(media: Path):
    uploaded(2)
    first, second, third = filled("a"), filled("b"), None
    sweeping.sweep()
    third = filled("c")
    sweeping.sweep()
    sweeping.sweep()

    assert [state_of(space) for space in (first, second, third)] == ["retired", "kept", "live"]
    assert not Embedding.objects.filter(space=first).exists()
    assert index_definition(first) == ""
    assert not Step.objects.filter(key=f"embed:{first.pk}").exists()


def test_the_live_space_can_not_be_retired(media: Path):
    only = filled("only")

    with pytest.raises(spaces.SpaceError, match="is live"):
        spaces.retire(only)


def test_a_retired_space_is_cleared_in_slices(media: Path, monkeypatch):
    monkeypatch.setattr(retiring, "SLICE", 2)
    uploaded(3)
    old, _ = filled("old"), filled("new")
    sweeping.sweep()
    spaces.retire(old)

    retiring.run()
    left = old.embeddings.count()
    retiring.run()

    assert left == 1
    assert not old.embeddings.exists()


def test_a_space_in_which_most_pictures_failed_does_not_go_live_and_says_so(media: Path):
    uploaded(3)
    old = filled("old")
    new = fakes.opened(fakes.FakeEmbedder(weights="new"))
    Step.objects.filter(key=new.step_key).update(state=StepState.FAILED)

    sweeping.sweep()

    assert (state_of(old), state_of(new)) == (SpaceState.LIVE, SpaceState.BUILDING)
    assert "0 vectors, the live one 3" in Space.objects.get(pk=new.pk).problem


def test_a_space_that_lacks_too_much_is_looked_at_again_once_that_changes(media: Path):
    images = uploaded(3)
    old = filled("old")
    new = fakes.opened(fakes.FakeEmbedder(weights="new"))
    Step.objects.filter(key=new.step_key).update(state=StepState.FAILED)
    sweeping.sweep()
    sweeping.sweep()
    stuck = state_of(new)
    steps.retry_failed(images)

    settle(fakes.FakeEmbedder(weights="new"))

    assert stuck == SpaceState.BUILDING
    assert (state_of(old), state_of(new)) == (SpaceState.KEPT, SpaceState.LIVE)
    assert Space.objects.get(pk=new.pk).problem == ""


def test_a_space_that_still_waits_for_very_many_does_not_go_live(media: Path, monkeypatch):
    uploaded(4)
    filled("old")
    new = filled("new")
    monkeypatch.setattr(spaces, "LEAST_SHARE", 0.1)
    monkeypatch.setattr(spaces, "MOST_LEFT", 3)
    Step.objects.filter(key=new.step_key, image__in=ArtworkImage.objects.order_by("pk")[:3]).update(
        state=StepState.PENDING
    )

    sweeping.sweep()
    waiting = state_of(new)
    Step.objects.filter(key=new.step_key).update(state=StepState.DONE)
    sweeping.sweep()

    assert (waiting, state_of(new)) == (SpaceState.BUILDING, SpaceState.LIVE)


def test_pictures_deleted_while_a_space_is_built_do_not_hold_it_up(media: Path):
    images = uploaded(4)
    filled("old")
    new_embedder = fakes.FakeEmbedder(weights="new", batch_size=2)
    new = fakes.opened(new_embedder)
    pipeline.run([new_embedder], budget_s=0)
    for image in images[:3]:
        image.delete()

    settle(new_embedder)

    assert spaces.live() == new
    assert new.embeddings.count() == 1


def test_a_space_goes_live_only_once_every_picture_has_its_step(media: Path):
    uploaded(2)
    filled("old")
    new = filled("new")
    Step.objects.filter(key=new.step_key).first().delete()

    sweeping.sweep()

    assert state_of(new) == SpaceState.BUILDING
    assert steps.left(new.step_key) == 1


def test_uploads_are_embedded_into_live_and_building_spaces_in_one_pass(media: Path):
    uploaded(2)
    embedder = fakes.FakeEmbedder(lenses=("look", "texture"))
    planning.open_all(embedder)

    pipeline.run([embedder])

    assert embedder.seen == 2
    assert Embedding.objects.filter(space__state=SpaceState.LIVE).count() == 4


def test_a_network_whose_space_was_retired_comes_back_only_when_asked_for(media: Path):
    uploaded(2)
    first = filled("a")
    for weights in ("b", "c"):
        filled(weights)
        sweeping.sweep()

    planning.open_all(fakes.FakeEmbedder(weights="a"))
    pipeline.run([fakes.FakeEmbedder(weights="a")])
    sweeping.sweep()

    assert state_of(first) == SpaceState.RETIRED
    assert spaces.live().weights_digest == "c"


def test_a_refit_that_was_rolled_back_does_not_come_back_by_itself(media: Path):
    embedder, first = whitened(count=8)
    uploaded(9, start=100)
    settle(embedder)
    refit = spaces.live()

    spaces.roll_back("look")
    settle(embedder)

    assert refit != first
    assert spaces.live() == first


def test_what_is_on_its_way_does_not_override_a_persons_choice(media: Path):
    _, live = whitened("old")
    new = fakes.FakeEmbedder(weights="new")
    planning.open_all(new)

    spaces.roll_back("look")
    settle(new)

    assert spaces.live().weights_digest == live.weights_digest


def test_a_fit_that_changes_nothing_says_so_and_holds_nothing_up(media: Path):
    embedder, live = whitened()
    again = planning.plan(live.identity, live.recipe)

    settle(embedder)

    again.refresh_from_db()
    assert again.state == SpaceState.FITTING
    assert f"the same as space {live.pk}" in again.problem
    assert sweeping.is_settled()


def test_a_space_that_was_retired_meanwhile_is_not_switched_to(media: Path):
    uploaded(2)
    old, new = filled("old"), filled("new")
    listed = Space.objects.get(pk=new.pk)
    spaces.retire(new)

    spaces.switch_when_complete(listed)

    assert (state_of(old), state_of(new)) == (SpaceState.LIVE, SpaceState.RETIRED)


def test_a_kept_space_is_gone_back_to_however_much_came_in_meanwhile(media: Path):
    uploaded(2)
    old, new = filled("old"), filled("new")
    sweeping.sweep()
    late = uploaded(3, start=10)
    pipeline.run([fakes.FakeEmbedder(weights="new")])

    spaces.activate(old)

    assert spaces.live() == old
    assert {image.steps.get(key=old.step_key).priority for image in late} == {steps.UPLOAD_PRIORITY}
    assert state_of(new) == SpaceState.KEPT


def test_work_for_a_space_that_is_no_longer_open_is_forgotten(media: Path):
    uploaded(2)
    old = filled("old")
    filled("new")
    sweeping.sweep()
    steps.add(uploaded(1, start=10), f"embed:{old.pk}")  # by an upload that saw the space before it was switched

    sweeping.repair()

    assert steps.left(f"embed:{old.pk}") == 0


def test_a_copy_that_comes_in_while_the_space_is_switched_is_flagged(media: Path, monkeypatch):
    uploaded(2)
    embedder = fakes.FakeEmbedder(weights="new")
    filled("old")
    new = filled("new")
    copy = ingest.add(factories.a_work(factories.a_collection()), ingest.NewPicture(factories.painted(1), "copy.jpg"))
    gather = batches.gather

    def slowly(batch):
        gather(batch)
        if state_of(new) != SpaceState.LIVE:
            spaces.switch_to(new)

    monkeypatch.setattr(batches, "gather", slowly)
    pipeline.run([embedder])

    assert DuplicatePair.objects.filter(high=copy, is_identical=True).exists()


def test_a_rebuilt_space_leaves_the_fingerprints_as_they_are(media: Path, monkeypatch):
    uploaded(3)
    filled("old")
    written = []
    monkeypatch.setattr(duplicates, "remember", lambda prints: written.extend(prints))

    filled("new")

    assert written == []


def test_a_live_network_that_is_not_at_hand_does_not_block_its_successor(media: Path):
    _, dead = whitened("dead")
    Space.objects.filter(pk=dead.pk).update(problem="The weights are not at hand.")
    uploaded(1, start=50)
    new = fakes.FakeEmbedder(weights="new")
    planning.open_all(new)

    settle(new)

    assert spaces.live().weights_digest == "new"


def index_definition(space: Space) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [space.index_name])
        row = cursor.fetchone()
    return row[0] if row else ""
