"""The windows of pictures are found by an index of their own, and vanish with their picture."""

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from collection.models import ArtworkImage
from similarity.index import hnsw, query_filters, store
from similarity.index.query_filters import Filter
from similarity.models import Embedding, Region, Space, SpaceState
from similarity.vision.lenses import REGIONS
from tests.similarity.index.test_store import many_images, plan_of

pytestmark = pytest.mark.django_db

DIMENSIONS, PARTS = 32, 10


def a_space() -> Space:
    return Space.objects.create(
        lens=REGIONS, backbone="fake", weights_digest="fake", is_trained=True, pooling="windows-3",
        dimensions=DIMENSIONS, state=SpaceState.LIVE,
    )  # fmt: skip


def random_parts(count: int) -> np.ndarray:
    """(count, PARTS, DIMENSIONS) unit vectors."""
    vectors = np.random.default_rng(3).standard_normal((count, PARTS, DIMENSIONS)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=2, keepdims=True)


def filled(count: int) -> tuple[Space, list[ArtworkImage], np.ndarray]:
    space, images, parts = a_space(), many_images(count), random_parts(count)
    store.put_all(space, [image.pk for image in images], parts.reshape(count, -1))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else an index can't be made yet
    hnsw.create(space)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return space, images, parts


def test_the_picture_with_the_nearest_window_comes_first():
    space, images, parts = filled(40)

    found = store.nearest_by_regions(space, parts[7, 4], 5)

    assert len({one.image_id for one in found}) == 5
    assert found[0].image_id == images[7].pk
    assert found[0].distance == pytest.approx(0, abs=1e-3)


def test_the_picture_nearest_to_any_of_the_windows_comes_first():
    space, images, parts = filled(40)
    windows = np.stack([parts[3, 5], parts[11, 0]])  # only the second is a whole picture

    found = store.nearest_to_regions(space, windows, 5)

    assert found[0].image_id == images[11].pk
    assert len({one.image_id for one in found}) == len(found) == 5


def test_without_windows_nothing_is_near():
    assert store.nearest_to_regions(a_space(), np.empty((0, DIMENSIONS), np.float32), 5) == []


def test_a_query_of_windows_is_served_by_their_index():
    space, _, parts = filled(1_000)
    among = query_filters.visible_to(AnonymousUser())

    plan = plan_of(store.nearest_statement(space, parts[0, 1], 10, among, store.REGION))

    assert f"Index Scan using {space.region_index_name}" in plan


def test_a_blank_window_is_not_stored_and_storing_again_replaces_all_windows():
    space, (image,) = a_space(), many_images(1)
    parts = random_parts(2)
    parts[1, 3] = 0

    store.put_all(space, [image.pk], parts[:1].reshape(1, -1))
    store.put_all(space, [image.pk], parts[1:].reshape(1, -1))

    stored = store.regions_of(space, [image.pk])[image.pk]
    np.testing.assert_allclose(stored, np.delete(parts[1], [0, 3], axis=0), atol=1e-3)
    assert Embedding.objects.get().image == image


def test_the_windows_of_a_deleted_picture_are_deleted():
    space, images, _ = filled(3)

    images[0].delete()

    assert set(Region.objects.values_list("image_id", flat=True)) == {image.pk for image in images[1:]}
    assert store.nearest_by_regions(space, random_parts(1)[0, 1], 5, Filter())


def test_both_indexes_of_a_space_are_built_and_dropped():
    space, _, _ = filled(3)
    assert hnsw.is_made(space)

    assert hnsw.drop(space)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_regclass('{space.index_name}'), to_regclass('{space.region_index_name}')")
        assert cursor.fetchone() == (None, None)


def test_a_picture_whose_whole_vector_is_zero_is_not_usable_and_one_with_a_blank_window_is():
    space, parts = a_space(), random_parts(3)
    parts[0, 0], parts[1, 5] = 0, 0

    assert store.usable(space, parts.reshape(3, -1)).tolist() == [False, True, True]
