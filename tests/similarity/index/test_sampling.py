"""A sample of a space has the wanted size, no picture twice, and every picture with the same probability."""

from collections import Counter

import numpy as np
import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from collection import permissions
from collection.models import ArtworkImage
from similarity.index import percentiles, sampling, store
from similarity.models import Space, SpaceState
from similarity.space_pages import comparison
from similarity.spaces import lifecycle
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> Space:
    return a_space("1")


def a_space(weights: str, state: SpaceState = SpaceState.LIVE) -> Space:
    return Space.objects.create(
        lens="look", backbone="fake", weights_digest=weights, is_trained=True, pooling="cells", dimensions=8,
        state=state,
    )  # fmt: skip


def with_pictures(space: Space, ids: range | list[int]) -> None:
    """Make pictures of one work with exactly these ids, and their vectors."""
    work = factories.a_work()
    collection = work.collection
    ArtworkImage.objects.bulk_create(
        [
            ArtworkImage(
                pk=pk, artwork=work, collection=collection, position=position, sha256=f"{pk:064x}",
                pixel_digest=f"{pk:064x}", size_bytes=1, width_px=1, height_px=1,
            )
            for position, pk in enumerate(ids)
        ]
    )  # fmt: skip
    put_vectors(space, ids)


def put_vectors(space: Space, ids: range | list[int]) -> None:
    vectors = np.random.default_rng(0).standard_normal((len(ids), 8)).astype(np.float32)
    store.put_all(space, ids, vectors)


def test_a_sample_has_the_wanted_size_and_no_picture_twice(space: Space):
    with_pictures(space, range(1, 1001))

    sampled = sampling.image_ids(space, 100)

    assert len(set(sampled)) == len(sampled) == 100
    assert set(sampled) <= set(range(1, 1001))


FAR_APART = list(range(1, 1_000_000, 30_000))


@pytest.mark.parametrize("ids", [[7], [3, 9], list(range(1, 41)), [1, 500_000, 1_000_000], FAR_APART])
def test_if_there_are_fewer_all_are_sampled_however_far_apart_their_ids_are(space: Space, ids: list[int]):
    with_pictures(space, ids)

    assert sampling.image_ids(space, 60) == ids


def test_an_empty_space_gives_nothing(space: Space):
    assert sampling.image_ids(space, 10) == []


def test_pictures_after_a_gap_in_the_ids_are_sampled_as_often_as_others(space: Space):
    after_gaps = list(range(1_000, 3_000, 40))  # one picture in forty ids: probes for the next one would prefer them
    with_pictures(space, [*range(1, 451), *after_gaps])
    samples = 300

    sampled = Counter(pk for seed in range(samples) for pk in sampling.image_ids(space, 20, seed=seed))

    expected = samples * 20 * len(after_gaps) / 500
    assert sum(sampled[pk] for pk in after_gaps) == pytest.approx(expected, rel=0.15)  # its standard deviation is 4 %
    assert len(sampled) == 500


def test_every_picture_of_a_space_with_few_in_a_wide_range_is_as_likely(space: Space):
    ids = list(range(1, 2_000_000, 50_000))  # forty, too far apart to be guessed
    with_pictures(space, ids)

    sampled = Counter(pk for seed in range(60) for pk in sampling.image_ids(space, 10, seed=seed))

    assert set(sampled) == set(ids)
    assert max(sampled.values()) < 35  # of 60; 15 are expected, with a standard deviation of 3.4


def test_a_condition_narrows_the_sample_also_to_very_few(space: Space):
    with_pictures(space, range(1, 1001))
    few = [5, 300, 999]

    assert sampling.image_ids(space, 10, Q(image_id__in=few)) == few


def test_vectors_of_other_spaces_are_not_sampled(space: Space):
    other = a_space("2", SpaceState.BUILDING)
    with_pictures(space, range(1, 301))
    with_pictures(other, range(301, 601))

    assert max(sampling.image_ids(space, 50)) <= 300
    assert min(sampling.image_ids(other, 50)) > 300


def test_the_same_seed_gives_the_same_sample_and_another_seed_another(space: Space):
    with_pictures(space, range(1, 1001))

    assert sampling.image_ids(space, 30) == sampling.image_ids(space, 30)
    assert sampling.image_ids(space, 30) != sampling.image_ids(space, 30, seed=1)


def test_in_a_large_space_few_rows_are_read_for_each_picture_of_the_sample(space: Space):
    with_pictures(space, range(1, 3001))

    with CaptureQueriesContext(connection) as queries:
        sampling.image_ids(space, 20)

    with connection.cursor() as cursor:
        read = sum(len(cursor.execute(query["sql"]).fetchall()) for query in queries)
    assert read <= 3 * 20 + 1  # and the ends of the range


def test_quantiles_are_measured_on_a_sample_of_full_size(space: Space, monkeypatch):
    monkeypatch.setattr(percentiles, "SAMPLE", 50)
    with_pictures(space, range(1, 1001, 3))

    with CaptureQueriesContext(connection) as queries:
        lifecycle.calibrate(space)

    space.refresh_from_db()
    vectors = store.vectors_of(space, sampling.image_ids(space, 50))
    (read,) = (query["sql"] for query in queries if '"similarity_embedding"."vector"' in query["sql"])
    with connection.cursor() as cursor:
        assert len(cursor.execute(read).fetchall()) == len(vectors) == 50
    assert space.quantiles == pytest.approx(percentiles.measure(np.stack(list(vectors.values())), "cosine"))
    assert space.calibrated_on == 334


def test_two_spaces_are_compared_on_leading_pictures_that_both_hold():
    one, other = a_space("1"), a_space("2", SpaceState.BUILDING)
    leading = [factories.an_image().pk for _ in range(12)]
    detail = factories.an_image(ArtworkImage.objects.get(pk=leading[0]).artwork).pk
    put_vectors(one, [*leading, detail])
    put_vectors(other, [*leading[:8], detail])

    assert comparison.sample(one, other, 100, permissions.Operator()) == leading[:8]
    assert len(comparison.sample(one, other, 5, permissions.Operator())) == 5


def test_a_comparison_is_made_on_the_same_works_each_time():
    one, other = a_space("1"), a_space("2", SpaceState.BUILDING)
    ids = [factories.an_image().pk for _ in range(20)]
    for space in (one, other):
        put_vectors(space, ids)

    first, second = (comparison.compare(one, other, permissions.Operator(), works=6) for _ in range(2))

    assert [case.image_id for case in first.cases] == [case.image_id for case in second.cases]
    assert (first.works, first.overlap) == (6, 1.0)
