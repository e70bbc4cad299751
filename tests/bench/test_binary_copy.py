"""Rows written in PostgreSQL's binary format are those that the database reads back."""

import numpy as np
import pytest

from bench.scale import binary_copy
from similarity.models import Region
from similarity.vision.lenses import REGIONS
from tests import factories
from tests.similarity.index.test_regions import DIMENSIONS, a_space

pytestmark = pytest.mark.django_db


def test_rows_with_keys_of_both_sizes_are_stored_with_their_vectors():
    space, images = a_space(), [factories.an_image() for _ in range(3)]
    ids = np.array([image.pk for image in images])
    parts = np.array([1, 5, 9], np.int16)
    vectors = np.random.default_rng(2).standard_normal((3, DIMENSIONS)).astype(np.float16)

    binary_copy.copy("similarity_region", {"space_id": space.pk, "image_id": ids, "part": parts}, vectors)

    rows = Region.objects.filter(space__lens=REGIONS).order_by("part")
    assert [(row.image_id, row.part) for row in rows] == list(zip(ids, parts, strict=True))
    np.testing.assert_array_equal(np.stack([np.float16(row.vector) for row in rows]), vectors)
