"""Searches of the scale benchmark."""

import numpy as np
import pytest

from bench.scale import data, loading, timed_searches
from similarity.index import store
from similarity.models import Space
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_search_without_the_index_returns_the_other_works_the_nearest_first():
    angles = np.array([0.0, 1.2, 0.3, 0.9])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    space = Space.objects.create(
        lens="look", backbone="fake", weights_digest="a" * 64, is_trained=True, pooling="mean", dimensions=2,
        state="live",
    )  # fmt: skip
    for row, vector in enumerate(vectors):
        image = factories.an_image(factories.a_work(pk=row + 1))
        store.put_all(space, [image.pk], vector[None])
    grown = data.GrownVectors(vectors.astype(np.float16), np.arange(4))
    site = loading.Site(space, grown, np.zeros(4, np.int64), [])

    result = timed_searches.by_every_row(site, np.array([0]))

    assert result.found == [[3, 4, 2]]
    assert len(result.taken_s) == 1
