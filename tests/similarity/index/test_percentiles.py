"""Distances become percentiles of random pairs, and logarithms that still differ among the nearest."""

import numpy as np
import pytest

from similarity.index import percentiles
from similarity.spaces import lifecycle
from tests import factories, fakes
from tests.similarity.placed_works import embedded_work


def test_a_percentile_says_how_many_random_pairs_are_farther_apart():
    quantiles = [step / percentiles.STEPS for step in range(percentiles.STEPS + 1)]  # distances 0..1, evenly

    assert percentiles.closer_than(0.25, quantiles) == pytest.approx(75, abs=0.2)
    assert percentiles.closer_than(0.25, quantiles, views=3) == pytest.approx(
        100 * 0.75**3, abs=0.6
    )  # the best of three
    assert percentiles.closer_than(2.0, quantiles) == 0
    assert percentiles.closer_than(-0.1, quantiles) == 100
    assert percentiles.closer_than(0.1, []) is None


@pytest.mark.parametrize("metric", ["cosine", "l2", "inner_product"])
def test_measured_quantiles_are_those_of_all_pairs(metric: str):
    vectors = np.random.default_rng(3).standard_normal((40, 16)).astype(np.float32)

    quantiles = percentiles.measure(vectors, metric)

    assert len(quantiles) == percentiles.STEPS + 1
    assert quantiles == sorted(quantiles)
    middle = percentiles.closer_than(quantiles[500], quantiles)
    assert middle == pytest.approx(50, abs=0.2)


def test_the_nearest_distances_differ_though_their_percentiles_are_equal():
    quantiles = np.linspace(0.2, 1.0, percentiles.STEPS + 1)
    near = np.array([0.1, 0.0, 0.2, 0.15])

    neg_log_ps = percentiles.neg_log_p(near, quantiles.tolist())

    assert {percentiles.closer_than(distance, quantiles.tolist()) for distance in near} == {100.0}
    assert np.argsort(-neg_log_ps).tolist() == np.argsort(near).tolist()


def test_neg_log_p_is_minus_the_logarithm_of_the_share_of_pairs_that_are_as_near():
    quantiles = np.linspace(0, 1, percentiles.STEPS + 1).tolist()

    one, best_of_three = (percentiles.neg_log_p(np.array([0.01, 0.5, 2.0]), quantiles, views) for views in (1, 3))

    assert one == pytest.approx([np.log(100), np.log(2), 0], abs=0.01)
    nearer = 1 - (1 - np.array([0.01, 0.5])) ** 3  # of three random pairs, at least one is as near
    assert best_of_three == pytest.approx([*-np.log(nearer), 0], abs=0.01)
    assert [percentiles.percent_of(each) for each in one] == pytest.approx([99.0, 50.0, 0.0], abs=0.1)


@pytest.mark.django_db
def test_a_space_is_calibrated_once_it_has_enough_pictures():
    collection = factories.a_collection()
    space = fakes.opened(fakes.FakeEmbedder())
    for number in range(percentiles.LEAST_PICTURES):
        embedded_work(collection, number / 7)

    lifecycle.calibrate(space)
    space.refresh_from_db()

    assert space.calibrated_on == percentiles.LEAST_PICTURES
    assert len(space.quantiles) == percentiles.STEPS + 1
