"""A sample of a space: as many as asked for, none twice, each picture as likely as any other, whatever was deleted."""

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


def held(space: Space, ids: range | list[int]) -> None:
    """Pictures of one work with these very ids, and their vectors."""
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
    embedded(space, ids)


def embedded(space: Space, ids: range | list[int]) -> None:
    vectors = np.random.default_rng(0).standard_normal((len(ids), 8)).astype(np.float32)
    store.put_all(space, ids, vectors)


def test_as_many_are_drawn_as_asked_for_and_none_twice(space: Space):
    held(space, range(1, 1001))

    drawn = sampling.image_ids(space, 100)

    assert len(set(drawn)) == len(drawn) == 100
    assert set(drawn) <= set(range(1, 1001))


FAR_APART = list(range(1, 1_000_000, 30_000))


@pytest.mark.parametrize("ids", [[7], [3, 9], list(range(1, 41)), [1, 500_000, 1_000_000], FAR_APART])
def test_where_there_are_fewer_all_are_drawn_however_far_apart(space: Space, ids: list[int]):
    held(space, ids)

    assert sampling.image_ids(space, 60) == ids


def test_an_empty_space_gives_nothing(space: Space):
    assert sampling.image_ids(space, 10) == []


def test_pictures_after_a_gap_are_drawn_no_more_often_than_others(space: Space):
    after_gaps = list(range(1_000, 3_000, 40))  # one picture in forty ids: probes for the next one would prefer them
    held(space, [*range(1, 451), *after_gaps])
    draws = 300

    drawn = Counter(pk for seed in range(draws) for pk in sampling.image_ids(space, 20, seed=seed))

    expected = draws * 20 * len(after_gaps) / 500
    assert sum(drawn[pk] for pk in after_gaps) == pytest.approx(expected, rel=0.15)  # its standard deviation is 4 %
    assert len(drawn) == 500


def test_every_picture_of_a_space_with_few_in_a_wide_range_is_as_likely(space: Space):
    ids = list(range(1, 2_000_000, 50_000))  # forty, too far apart to be guessed
    held(space, ids)

    drawn = Counter(pk for seed in range(60) for pk in sampling.image_ids(space, 10, seed=seed))

    assert set(drawn) == set(ids)
    assert max(drawn.values()) < 35  # of 60; 15 are expected, with a standard deviation of 3.4


def test_only_what_is_admitted_is_drawn_and_all_of_it_where_it_is_little(space: Space):
    held(space, range(1, 1001))
    few = [5, 300, 999]

    assert sampling.image_ids(space, 10, Q(image_id__in=few)) == few


def test_vectors_of_other_spaces_are_not_drawn(space: Space):
    other = a_space("2", SpaceState.BUILDING)
    held(space, range(1, 301))
    held(other, range(301, 601))

    assert max(sampling.image_ids(space, 50)) <= 300
    assert min(sampling.image_ids(other, 50)) > 300


def test_the_same_pictures_are_drawn_again_and_others_by_another_seed(space: Space):
    held(space, range(1, 1001))

    assert sampling.image_ids(space, 30) == sampling.image_ids(space, 30)
    assert sampling.image_ids(space, 30) != sampling.image_ids(space, 30, seed=1)


def test_of_a_large_space_a_few_rows_for_each_picture_wanted_are_read(space: Space):
    held(space, range(1, 3001))

    with CaptureQueriesContext(connection) as asked:
        sampling.image_ids(space, 20)

    with connection.cursor() as cursor:
        read = sum(len(cursor.execute(query["sql"]).fetchall()) for query in asked)
    assert read <= 3 * 20 + 1  # and the ends of the range


def test_percentiles_are_measured_on_a_sample_of_full_size(space: Space, monkeypatch):
    monkeypatch.setattr(percentiles, "SAMPLE", 50)
    measured = []
    monkeypatch.setattr(percentiles, "measure", lambda vectors, metric: measured.append(vectors.shape) or [0.0])
    held(space, range(1, 1001, 3))

    lifecycle.calibrate(space)

    space.refresh_from_db()
    assert measured == [(50, 8)]
    assert (space.quantiles, space.calibrated_on) == ([0.0], 334)


def test_two_spaces_are_compared_on_leading_pictures_that_both_hold():
    one, other = a_space("1"), a_space("2", SpaceState.BUILDING)
    leading = [factories.an_image().pk for _ in range(12)]
    detail = factories.an_image(ArtworkImage.objects.get(pk=leading[0]).artwork).pk
    embedded(one, [*leading, detail])
    embedded(other, [*leading[:8], detail])

    assert comparison.sample(one, other, 100, permissions.Operator()) == leading[:8]
    assert len(comparison.sample(one, other, 5, permissions.Operator())) == 5


def test_a_comparison_is_made_on_the_same_works_each_time():
    one, other = a_space("1"), a_space("2", SpaceState.BUILDING)
    ids = [factories.an_image().pk for _ in range(20)]
    for space in (one, other):
        embedded(space, ids)

    first, second = (comparison.compare(one, other, permissions.Operator(), works=6) for _ in range(2))

    assert [case.image_id for case in first.cases] == [case.image_id for case in second.cases]
    assert (first.works, first.overlap) == (6, 1.0)
