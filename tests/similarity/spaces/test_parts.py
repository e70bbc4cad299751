"""A lens with several vectors a picture: its space is built like any other, and is not measured alone."""

from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone

from similarity.embedding import pipeline
from similarity.evaluation import measured_networks
from similarity.evaluation.jobs import candidates
from similarity.models import Embedding, Region, Space, SpaceState
from similarity.spaces import retiring
from similarity.vision.lenses import REGIONS
from tests import factories, fakes

pytestmark = pytest.mark.django_db


def test_without_a_shipped_projection_the_raw_vectors_of_all_parts_are_stored(media: Path):
    image = factories.a_painted_image()
    embedder = fakes.WindowedEmbedder()
    space = fakes.opened(embedder, REGIONS)

    pipeline.run([embedder])

    assert space.dimensions == fakes.CHANNELS
    assert Embedding.objects.filter(image=image).count() == 2  # look and regions
    assert Region.objects.filter(space=space, image=image).count() == fakes.PARTS - 1


def test_a_lens_with_several_parts_is_not_measured_as_if_it_had_one_vector():
    embedder = fakes.WindowedEmbedder()
    fakes.opened(embedder, REGIONS)

    ((_, recipes),) = measured_networks.pick([embedder], measured_networks.EVERY, "")
    live = candidates.list_all(candidates.find(lambda _: embedder))

    assert [recipe.lens for recipe in recipes] == ["look"]
    assert [one.recipe.lens for one in live] == ["look"]
    assert REGIONS not in measured_networks.names()


def test_windows_that_a_slow_worker_left_without_their_whole_are_cleared_with_the_space(media: Path):
    image = factories.an_image()
    space = fakes.opened(fakes.WindowedEmbedder(), REGIONS)
    Region.objects.create(space=space, image=image, part=1, vector=np.ones(fakes.CHANNELS))
    Space.objects.filter(pk=space.pk).update(state=SpaceState.RETIRED, cleared_at=timezone.now())

    retiring.forget_leftovers()
    retiring.run()

    assert not Region.objects.exists()
    assert Space.objects.get(pk=space.pk).cleared_at is not None
