"""Neighbours are exact enough, the nearest first, each work once, and never fewer than there are."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from collection.models import Artwork, ArtworkImage
from similarity.index import hnsw, query_filters, store
from similarity.models import Embedding, Space
from tests import factories, fakes

pytestmark = pytest.mark.django_db

DIMENSIONS = 512


def clustered(count: int, seed: int = 1) -> np.ndarray:
    """(count, 512) unit vectors that lie in groups, as descriptors do."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(count // 25, 1), 32))
    points = centres[rng.integers(len(centres), size=count)] + 0.5 * rng.standard_normal((count, 32))
    vectors = (points @ rng.standard_normal((32, DIMENSIONS))).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def a_space() -> Space:
    return fakes.opened(fakes.FakeEmbedder())


def many_images(count: int, *, views: int = 1) -> list[ArtworkImage]:
    """Rows alone, written in bulk: `count` pictures, `views` to a work."""
    collection = factories.a_collection()
    works = Artwork.objects.bulk_create(
        Artwork(collection=collection, accession_number=f"bulk.{n}", is_published=True) for n in range(count // views)
    )
    return ArtworkImage.objects.bulk_create(
        ArtworkImage(
            artwork=works[n // views], collection=collection, position=n % views, sha256=f"{n:064x}",
            pixel_digest=f"{n:064x}", format="JPEG", extension="jpg", size_bytes=1, width_px=1, height_px=1,
            is_ready=True,
        )
        for n in range(count)
    )  # fmt: skip


def filled(count: int, *, views: int = 1) -> tuple[Space, list[ArtworkImage], np.ndarray]:
    space, images, vectors = a_space(), many_images(count, views=views), clustered(count)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {space.index_name}")  # made anew in a fraction of the time that filling it takes
        store.put_all(space, [image.pk for image in images], vectors)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else an index can't be made yet
        hnsw.create(space)
        cursor.execute("ANALYZE")
    return space, images, vectors


def plan_of(statement: store.Statement) -> str:
    sql, parameters = statement
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_recall_at_ten_is_at_least_99_percent_among_five_thousand_vectors():
    space, images, vectors = filled(5_000)
    ids = np.array([image.pk for image in images])
    stored = vectors.astype(np.float16).astype(np.float32)
    queries = clustered(5_100)[-100:]

    hits = 0
    for query in queries:
        found = {neighbour.image_id for neighbour in store.nearest_images(space, query, 10)}
        exact = set(ids[np.argsort(-(stored @ query))[:10]].tolist())
        hits += len(found & exact)

    assert hits / (10 * len(queries)) >= 0.99


def test_a_long_list_is_not_cut_at_the_forty_rows_of_pgvectors_default():
    space, _, vectors = filled(500)

    found = store.nearest_images(space, vectors[0], 300)

    assert len(found) == 300


def test_a_filter_that_keeps_nearly_enough_of_a_few_pictures_takes_three_queries(django_assert_max_num_queries):
    space, images, vectors = filled(50)
    among = query_filters.of_images([image.pk for image in images[:20]])

    with django_assert_max_num_queries(3):
        found = store.nearest_images(space, vectors[0], 24, among)

    assert {neighbour.image_id for neighbour in found} == {image.pk for image in images[:20]}


def test_each_work_appears_once_by_its_nearest_picture():
    space, images, vectors = filled(90, views=9)

    found = store.nearest_works(space, vectors[0], 10)

    assert found[0].image_id == images[0].pk
    assert len({neighbour.work_id for neighbour in found}) == len(found) == 10


def test_distances_grow_down_the_list_and_the_same_picture_is_at_nought():
    space, images, vectors = filled(200)

    found = store.nearest_images(space, vectors[5], 20)

    assert found[0].image_id == images[5].pk
    assert found[0].distance == pytest.approx(0, abs=1e-3)
    assert [n.distance for n in found] == sorted(n.distance for n in found)


def test_the_least_alike_is_the_one_that_an_exact_search_puts_last():
    space, images, vectors = filled(300)
    last = images[int(np.argmin(vectors @ vectors[0]))]

    found = store.farthest_works(space, vectors[0], 1)

    assert found[0].image_id == last.pk


def test_putting_a_vector_again_replaces_it():
    space, (image,), vectors = filled(1)

    store.put_all(space, [image.pk], -vectors)

    (row,) = Embedding.objects.filter(image=image)
    assert store.as_array(row.vector) == pytest.approx(-vectors[0], abs=1e-3)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0])
def test_a_vector_that_cannot_be_compared_is_refused(bad: float):
    space, (image,), _ = filled(1)

    with pytest.raises(store.UnusableVectorError):
        store.put_all(space, [image.pk], np.full((1, DIMENSIONS), bad, np.float32))


def test_vectors_of_another_length_are_refused():
    space = a_space()

    with pytest.raises(store.UnusableVectorError, match="512"):
        store.usable(space, np.ones((1, 128), np.float32))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("block", [nullcontext, transaction.atomic])
def test_a_search_sets_the_length_of_its_list_and_leaves_no_setting_behind(
    block, django_assert_num_queries: Callable[[int], AbstractContextManager[CaptureQueriesContext]]
):
    space, _, vectors = filled(100)

    with block():
        before = ef_search()
        with django_assert_num_queries(1) as queries:
            found = store.nearest_images(space, vectors[0], 80)
        after = ef_search()

    assert len(found) == 80  # more than the list of 40 would give
    assert "SET LOCAL hnsw.ef_search = 100" in queries.captured_queries[0]["sql"]
    assert (before, after) == ("40", "40")


def ef_search() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW hnsw.ef_search")
        return cursor.fetchone()[0]
