"""Scores of rankings and their intervals, compared with values computed by hand or by theory."""

import numpy as np
import pytest

from similarity.measures import scores
from similarity.measures.ground_truth import Query


@pytest.mark.parametrize(
    ("relevance", "expected"),
    [
        ([True, False, False], 1.0),
        ([False, True, False], 1 / 2),
        ([True, False, True], (1 / 1 + 2 / 3) / 2),
        ([False, False, True, True], (1 / 3 + 2 / 4) / 2),
    ],
)
def test_average_precision_of_one_ranking(relevance: list[bool], expected: float):
    assert scores.average_precision(relevance) == pytest.approx(expected)


def test_scores_are_means_over_the_queries():
    queries = [Query("q1", frozenset({"a"})), Query("q2", frozenset({"b", "g"}))]
    rankings = [list("abcdefg"), list("acdebfg")]

    found = scores.score(queries, rankings)

    assert (found.queries, found.works) == (2, 2)
    assert found.p_at_1 == pytest.approx(1 / 2)
    assert found.recall_at_5 == pytest.approx((1 + 1 / 2) / 2)
    assert found.mean_ap == pytest.approx((1 + (1 / 5 + 2 / 7) / 2) / 2)


@pytest.mark.parametrize(
    ("right", "count", "expected"),
    [(15, 20, (0.531, 0.888)), (30, 30, (0.886, 1.0)), (0, 30, (0.0, 0.114))],  # from scipy.stats.binomtest
)
def test_the_interval_of_precision_at_1_is_wilsons(right: int, count: int, expected: tuple[float, float]):
    assert scores.wilson(right / count, count) == pytest.approx(expected, abs=0.001)


def test_an_interval_contains_its_mean_and_every_call_gives_the_same():
    values = np.random.default_rng(1).random((40, 2))

    found = scores.intervals(values, range(40))

    assert found == scores.intervals(values, range(40))
    for (low, high), mean in zip(found, values.mean(axis=0), strict=True):
        assert low < mean < high


def test_the_interval_of_400_coin_flips_is_as_wide_as_in_theory():
    coins = np.array([[1.0], [0.0]] * 200)

    ((low, high),) = scores.intervals(coins, range(400))

    assert high - low == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(400), rel=0.1)


def test_more_works_give_a_narrower_interval():
    few, many = np.array([[1.0], [0.0]] * 10), np.array([[1.0], [0.0]] * 100)

    ((few_low, few_high),), ((many_low, many_high),) = (
        scores.intervals(few, range(20)),
        scores.intervals(many, range(200)),
    )

    assert many_high - many_low < few_high - few_low


def test_more_photographs_of_a_work_with_equal_values_do_not_narrow_the_interval():
    coins = np.array([[1.0], [0.0]] * 20)
    four_each = np.repeat(coins, 4, axis=0)

    once = scores.intervals(coins, range(40))
    by_work = scores.intervals(four_each, np.repeat(np.arange(40), 4).tolist())

    assert by_work == once
    assert scores.intervals(four_each, range(160)) != once


def test_works_are_resampled_rather_than_photographs():
    values = np.array([[1.0], [1.0], [1.0], [0.0]])

    ((low, high),) = scores.intervals(values, [7, 7, 7, 3])

    assert (low, high) == (0.0, 1.0)


def test_without_queries_the_interval_is_0_to_1():
    empty = scores.score([], [])

    assert (empty.queries, empty.p_at_1, empty.p_at_1_interval) == (0, 0.0, (0.0, 1.0))
