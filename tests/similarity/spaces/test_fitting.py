"""A projection is fitted once there are enough pictures, and anew when there are many more."""

from pathlib import Path

import numpy as np
import pytest

from collection import ingest
from similarity import sweeping
from similarity.embedding import pipeline
from similarity.index import store
from similarity.models import Embedding, Fingerprint, Sample, Space, SpaceState
from similarity.spaces import fitting, lifecycle, planning
from similarity.vision.contract import Recipe
from tests import factories, fakes
from tests.similarity.spaces.growing import filled, settle, state_of, sweep, untrained, uploaded, whitened

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed


def test_a_first_network_is_searched_at_once_and_whitened_when_there_are_enough_pictures(media: Path):
    embedder = fakes.FakeEmbedder()
    planning.open_all(embedder)
    uploaded(4)
    settle(embedder)
    early, early_count = lifecycle.live(), Embedding.objects.count()
    uploaded(4, start=5)
    settle(embedder)

    late = lifecycle.live()

    assert (early.projection, early_count) == ("", 4)
    assert late.projection.startswith("root-pca-2:")
    assert (late.fitted_on, late.embeddings.count(), late.dimensions) == (8, 8, 2)
    assert state_of(early) == SpaceState.PREVIOUS
    assert embedder.seen == 8  # each picture was looked at once
    assert not Sample.objects.exists()


def test_a_picture_added_after_the_fit_is_projected_too(media: Path):
    embedder, space = whitened()
    (late,) = uploaded(1, start=40)
    pipeline.run([embedder])

    vector = store.vectors_of(space, [late.pk])[late.pk]

    assert vector.shape == (space.dimensions,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-2)


def test_identical_pictures_cannot_be_fitted_on_and_the_live_space_goes_on(media: Path):
    embedder = fakes.FakeEmbedder()
    planning.open_all(embedder)
    for _ in range(6):  # as one file is held once a collection
        factories.add_picture(
            factories.a_work(factories.a_collection()), ingest.NewPicture(factories.painted(1), "1.jpg")
        )

    settle(embedder)

    stuck = Space.objects.get(state=SpaceState.FITTING)
    assert stuck.problem
    assert lifecycle.live().embeddings.count() == 6


def test_a_network_on_a_small_collection_takes_over_without_whitening(media: Path):
    uploaded(2)
    old = filled("old")

    new = filled("new")
    sweep()

    assert (state_of(old), state_of(new)) == (SpaceState.PREVIOUS, SpaceState.LIVE)


def test_a_projection_fitted_on_few_is_fitted_anew_when_the_collection_has_doubled(media: Path):
    embedder, first = whitened(count=8)
    uploaded(9, start=100)
    settle(embedder)

    second = lifecycle.live()

    assert second != first
    assert second.fitted_on == 17


def test_a_fit_that_changes_nothing_ends_and_says_which_space_it_repeats(media: Path):
    embedder, live = whitened()
    again = planning.plan(live.identity, live.recipe)

    settle(embedder)

    again.refresh_from_db()
    assert again.state == SpaceState.RETIRED
    assert f"the same as space {live.pk}; that one is live" in again.problem
    assert sweeping.is_settled()
    assert not Sample.objects.exists()


def test_a_refit_that_repeats_the_previous_space_never_goes_live_automatically(media: Path):
    embedder, first = whitened("old")
    other = untrained("new")
    planning.open_all(other)
    settle(embedder, other)
    chosen = lifecycle.live()
    again = planning.plan(first.identity, first.recipe, auto_activate=True)

    settle(embedder, other)
    uploaded(2, start=60)
    settle(embedder, other)

    again.refresh_from_db()
    assert again.state == SpaceState.RETIRED
    assert f"the same as space {first.pk}; activate that one" in again.problem
    assert lifecycle.live() == chosen
    assert planning.plan(first.identity, first.recipe)  # no equal space is being made any more


def test_a_refit_that_came_out_the_same_is_not_tried_again_until_the_collection_doubled_again(media: Path):
    embedder, live = whitened(count=6)
    uploaded(7, start=100)
    pipeline.run([embedder])
    sweep()
    pipeline.run([embedder])
    (refit,) = Space.objects.filter(state=SpaceState.FITTING)
    _, raw = fitting.sample_of(refit)
    Space.objects.filter(pk=live.pk).update(projection=fitting.fit_projection(refit.recipe, raw).label)
    settle(embedder)
    ended = Space.objects.get(state=SpaceState.RETIRED)

    settle(embedder)
    uploaded(5, start=200)
    settle(embedder)
    of_eighteen = lifecycle.live()
    uploaded(8, start=300)
    settle(embedder)

    assert (ended.fitted_on, of_eighteen) == (13, live)
    assert lifecycle.live().fitted_on == 24


def test_a_refit_whose_sample_does_not_grow_is_tried_once(media: Path):
    embedder, live = whitened(count=6)
    uploaded(7, start=100)
    refit = planning.plan(live.identity, live.recipe, auto_activate=True)
    Space.objects.filter(pk=refit.pk).update(state=SpaceState.RETIRED, fitted_on=6)
    before = Space.objects.count()

    settle(embedder)

    assert (lifecycle.live(), Space.objects.count()) == (live, before)


def test_a_rebuilt_space_does_not_write_fingerprints_again(media: Path):
    uploaded(3)
    filled("old")
    Fingerprint.objects.update(thumb=b"from the first time")

    filled("new")

    assert Embedding.objects.count() == 6
    assert [bytes(row.thumb) for row in Fingerprint.objects.all()] == [b"from the first time"] * 3


@pytest.mark.parametrize(("pictures", "dimensions"), [(2, 1), (8, 2), (100, 25), (2_000, 256)])
def test_a_projection_has_at_most_a_quarter_as_many_dimensions_as_pictures(pictures: int, dimensions: int):
    raw = np.random.default_rng(1).random((pictures, 300), dtype=np.float32)
    raw /= np.linalg.norm(raw, axis=1, keepdims=True)

    for lens in ("match", "texture"):
        assert fitting.fit_projection(Recipe(lens, "fake"), raw).dimensions == dimensions


def test_the_look_may_have_twice_as_many_dimensions_as_other_lenses():
    raw = np.random.default_rng(1).random((2_100, 600), dtype=np.float32)

    assert fitting.fit_projection(Recipe("look", "mean-300-300"), raw).dimensions == 512


def test_a_match_fitted_on_few_is_fitted_anew_too(media: Path):
    embedder = fakes.FakeEmbedder(lenses=("match",), is_trained=True)
    planning.open_all(embedder)
    uploaded(8)
    settle(embedder)
    first = lifecycle.live("match")
    uploaded(9, start=100)
    settle(embedder)

    assert lifecycle.live("match").fitted_on == 17
    assert lifecycle.live("match") != first
