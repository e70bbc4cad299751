"""A projection that ships makes vectors final from the first picture on, and never takes a person's choice away."""

from pathlib import Path

import numpy as np
import pytest

from similarity.embedding import pipeline
from similarity.index import store
from similarity.models import Space, SpaceState
from similarity.spaces import lifecycle, planning, projections
from similarity.vision.networks import shipped
from similarity.vision.pixels import decoding
from tests import factories, fakes
from tests.similarity.spaces.growing import filled, settle, state_of, untrained, uploaded, whitened
from tests.similarity.spaces.shipping import PICTURES, ship

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """Where what ships lies; empty."""
    monkeypatch.setattr(shipped, "FOLDER", tmp_path / "weights")
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"


def test_a_new_site_has_a_live_space_and_its_percentiles_before_any_picture(media: Path, folder: Path):
    embedder = fakes.FakeEmbedder()
    fitted = ship(embedder, folder)

    (space,) = planning.open_all(embedder)

    space.refresh_from_db()
    assert space == lifecycle.live()
    assert Space.objects.count() == 1
    assert space.is_shipped
    assert (space.projection, space.dimensions) == (fitted.projection.label, fitted.projection.dimensions)
    assert space.quantiles == pytest.approx(fitted.quantiles)
    assert space.fitted_on == PICTURES


def test_a_picture_has_its_final_vector_from_the_first_on(media: Path, folder: Path):
    embedder = fakes.FakeEmbedder()
    fitted = ship(embedder, folder)
    (space,) = planning.open_all(embedder)
    (first,) = uploaded(1)
    settle(embedder)
    early = store.vectors_of(space, [first.pk])[first.pk]

    uploaded(30, start=2)
    settle(embedder)

    raw = fakes.vectors(embedder, [decoding.read(factories.painted(1), embedder.canvases).canvas])
    assert early == pytest.approx(fitted.projection.apply(raw)[0], abs=1e-3)
    assert np.array_equal(store.vectors_of(lifecycle.live(), [first.pk])[first.pk], early)
    assert list(Space.objects.all()) == [space]  # nothing is fitted anew, however much comes in


def test_a_shipped_projection_is_stored_with_its_space_and_outlives_the_file(media: Path, folder: Path):
    embedder = fakes.FakeEmbedder()
    fitted = ship(embedder, folder)
    (space,) = planning.open_all(embedder)
    next((folder / "projections").iterdir()).unlink()
    raw = np.ones((1, fakes.DIMENSIONS), np.float32)

    vectors = projections.apply(space, raw)

    assert np.array_equal(vectors, fitted.projection.apply(raw))


@pytest.mark.parametrize("pictures", [3, 9])
def test_beside_an_untrained_space_it_is_built_and_takes_over_by_itself(media: Path, folder: Path, pictures: int):
    old, new = untrained("seeded"), fakes.FakeEmbedder(weights="trained")
    planning.open_all(old)
    uploaded(pictures)
    settle(old)
    live_before = lifecycle.live()
    ship(new, folder)

    (space,) = planning.open_all(new)
    while_building = (lifecycle.live(), state_of(space))
    settle(old, new)

    assert while_building == (live_before, SpaceState.BUILDING)
    assert lifecycle.live() == space
    assert space.embeddings.count() == pictures
    assert state_of(live_before) == SpaceState.PREVIOUS


def test_beside_a_trained_space_that_works_it_waits_for_a_person(media: Path, folder: Path):
    old, live_before = whitened("old", is_trained=True)
    new = fakes.FakeEmbedder(weights="new")
    ship(new, folder)

    (space,) = planning.open_all(new)
    settle(old, new)
    waiting = (lifecycle.live(), state_of(space), space.embeddings.count())
    lifecycle.activate(space)

    assert waiting == (live_before, SpaceState.BUILDING, 8)
    assert lifecycle.live() == space
    assert state_of(live_before) == SpaceState.PREVIOUS


def test_beside_a_trained_space_that_nobody_serves_it_takes_over(media: Path, folder: Path):
    _, dead = whitened("dead", is_trained=True)
    Space.objects.filter(pk=dead.pk).update(problem="The weights are not at hand.")
    new = fakes.FakeEmbedder(weights="new")
    ship(new, folder)

    (space,) = planning.open_all(new)
    settle(new)

    assert lifecycle.live() == space


def test_without_a_file_for_it_a_network_beside_a_trained_space_waits_for_a_person_too(media: Path, folder: Path):
    old, live_before = whitened("old", is_trained=True)
    new = fakes.FakeEmbedder(weights="new")

    planning.open_all(new)
    settle(old, new)

    assert lifecycle.live() == live_before
    assert Space.objects.filter(weights_digest="new", state=SpaceState.BUILDING).exists()


def test_only_the_lenses_that_a_file_ships_for_are_final_at_once(media: Path, folder: Path):
    embedder = fakes.FakeEmbedder(lenses=("look", "match"))
    ship(embedder, folder, "match")

    planning.open_all(embedder)

    assert lifecycle.live("match").is_shipped
    assert not lifecycle.live("look").is_shipped
    assert lifecycle.live("match").projection.startswith("whitened-")


def test_percentiles_of_the_collection_replace_the_shipped_ones_once_there_are_enough(
    media: Path, folder: Path, monkeypatch
):
    monkeypatch.setattr(lifecycle, "CALIBRATED_FROM", 12)
    embedder = fakes.FakeEmbedder()
    fitted = ship(embedder, folder)
    (space,) = planning.open_all(embedder)

    uploaded(11)
    settle(embedder)
    early = lifecycle.live().quantiles
    uploaded(1, start=50)
    settle(embedder)
    late = lifecycle.live()

    assert early == pytest.approx(fitted.quantiles)
    assert late == space
    assert late.quantiles != pytest.approx(fitted.quantiles, abs=1e-3)
    assert late.calibrated_on == 12


def test_a_person_who_asks_for_a_space_gets_the_shipped_one_first_and_a_fitted_one_then(media: Path, folder: Path):
    embedder = fakes.FakeEmbedder()
    ship(embedder, folder)

    first = planning.plan_for(embedder, "look", None)
    second = planning.plan_for(embedder, "look", None)

    assert first.is_shipped
    assert (second.is_shipped, second.state) in [(False, SpaceState.FITTING), (False, SpaceState.BUILDING)]
    assert lifecycle.live() == first


def test_who_asks_for_a_space_is_told_of_a_damaged_projection_in_a_sentence(media: Path, folder: Path):
    embedder = fakes.FakeEmbedder()
    recipe = next(iter(embedder.recipes))
    path = folder / "projections" / shipped.file_name(recipe, embedder.identity.weights_digest)
    path.parent.mkdir()
    path.write_bytes(b"half")

    with pytest.raises(lifecycle.SpaceError, match=rf"{path.name} is truncated or modified; restore it"):
        planning.plan_for(embedder, "look", None)

    assert not Space.objects.exists()


def test_another_metric_is_fitted_on_the_collection(media: Path, folder: Path):
    embedder = fakes.FakeEmbedder()
    ship(embedder, folder)
    uploaded(7)
    pipeline.run([embedder])

    planned = planning.plan_for(embedder, "look", None, metric="l2")

    assert (planned.metric, planned.state, planned.is_shipped) == ("l2", SpaceState.FITTING, False)


def test_a_refit_on_the_collection_stands_beside_a_shipped_space_until_it_is_chosen(media: Path, folder: Path):
    embedder = fakes.FakeEmbedder()
    ship(embedder, folder)
    (shipped_space,) = planning.open_all(embedder)
    uploaded(20)
    settle(embedder)

    refit = planning.plan_for(embedder, "look", None)
    settle(embedder)
    waiting = (lifecycle.live(), state_of(refit))
    lifecycle.activate(refit)

    assert waiting == (shipped_space, SpaceState.BUILDING)
    assert lifecycle.live() == refit
    assert refit.projection != shipped_space.projection


def test_a_space_of_raw_vectors_is_opened_where_none_ships_and_nothing_is_there(media: Path, folder: Path):
    space = filled("lonely")

    assert (space.is_shipped, space.projection, space.state) == (False, "", SpaceState.LIVE)
