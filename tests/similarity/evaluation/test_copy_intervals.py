"""Intervals of copy detection: a bootstrap over works, around the measured values."""

import numpy as np
from numpy.typing import NDArray

from similarity.evaluation import copy_detection
from similarity.measures import bootstrap, copy_intervals, precision

PRECISION = 0.99


def made_up(works: int, alterations: int, *, seed: int = 0) -> NDArray[np.float32]:
    """Return (T, N, N) scores: each alteration adds more noise than the one before, and to some works more."""
    rng = np.random.default_rng(seed)
    originals = rng.standard_normal((works, 12))
    noise = np.exp(0.4 * rng.standard_normal((works, 1))) * np.linspace(0.2, 3, alterations)[:, None, None]
    altered = originals + noise * rng.standard_normal((alterations, works, 12))
    unit = [rows / np.linalg.norm(rows, axis=-1, keepdims=True) for rows in (altered, originals)]
    return (unit[0] @ unit[1].T).astype(np.float32)


def width(interval: bootstrap.Interval) -> float:
    return interval[1] - interval[0]


def test_a_resample_with_every_work_once_gives_the_measured_values():
    scores = made_up(30, 5)
    curve = copy_detection.pooled_curve(scores)
    recall, threshold = precision.recall_at(curve, PRECISION)

    found = copy_intervals.rank(scores).measure(np.ones(30, np.int64), PRECISION)

    each = [copy_detection.share_accepted(one, threshold) for one in scores]
    assert np.allclose(found, [recall, precision.micro_ap(curve), *each])


def test_equal_scores_are_accepted_together_in_a_resample():
    scores = np.round(made_up(20, 4), 1)

    found = copy_intervals.rank(scores).measure(np.ones(20, np.int64), PRECISION)

    assert np.allclose(
        found[:2],
        [
            precision.recall_at(copy_detection.pooled_curve(scores), PRECISION)[0],
            precision.micro_ap(copy_detection.pooled_curve(scores)),
        ],
    )


def test_a_work_sampled_twice_counts_as_two_works_that_do_not_form_a_false_pair():
    scores = made_up(6, 3)
    twice = [0, 0, 1, 2, 3, 4]
    copied = scores[:, twice][:, :, twice].copy()
    copied[:, 0, 1] = copied[:, 1, 0] = -2.0  # two samples of one work are not a false pair

    found = copy_intervals.rank(scores).measure(np.array([2, 1, 1, 1, 1, 0]), PRECISION)

    assert np.allclose(found, copy_intervals.rank(copied).measure(np.ones(6, np.int64), PRECISION))


def test_intervals_contain_the_measured_values_and_every_call_gives_the_same():
    scores = made_up(40, 5)

    found = copy_intervals.measure(scores, PRECISION)

    recall, micro_ap, *each = copy_intervals.rank(scores).measure(np.ones(40, np.int64), PRECISION)
    for value, (low, high) in zip(
        (recall, micro_ap, *each), (found.recall, found.micro_ap, *found.alterations), strict=True
    ):
        assert 0 <= low <= value <= high <= 1
    assert found == copy_intervals.measure(scores, PRECISION)


def test_more_alterations_of_the_same_works_do_not_narrow_the_intervals():
    scores = made_up(40, 5)

    once, thrice = (
        copy_intervals.measure(scores, PRECISION),
        copy_intervals.measure(np.tile(scores, (3, 1, 1)), PRECISION),
    )

    assert np.allclose(once.micro_ap, thrice.micro_ap)
    assert np.allclose(once.recall, thrice.recall)


def test_more_works_narrow_the_interval():
    few, many = copy_intervals.measure(made_up(15, 3), PRECISION), copy_intervals.measure(made_up(120, 3), PRECISION)

    assert width(many.micro_ap) < width(few.micro_ap) / 2


def test_two_works_that_look_alike_widen_the_interval_of_recall_more_than_that_of_micro_ap():
    scores = np.full((4, 40, 40), 0.1, np.float32)
    scores[:, range(40), range(40)] = np.linspace(0.5, 0.9, 160).reshape(4, 40)
    scores[:, 0, 1] = scores[:, 1, 0] = 0.7  # above half of all copies

    found = copy_intervals.measure(scores, PRECISION)

    assert width(found.recall) > 0.5
    assert width(found.micro_ap) < 0.2


def test_the_interval_of_micro_ap_contains_the_expected_value_in_at_least_85_percent_of_samples():
    others = [
        copy_intervals.rank(made_up(30, 3, seed=seed)).measure(np.ones(30, np.int64), PRECISION)
        for seed in range(100, 400)
    ]
    expected = np.mean(others, axis=0)[1]  # micro-AP

    intervals = [copy_intervals.measure(made_up(30, 3, seed=seed), PRECISION).micro_ap for seed in range(40)]

    covered = np.mean([low <= expected <= high for low, high in intervals])
    assert covered >= 0.85


def test_without_works_the_interval_is_0_to_1():
    assert copy_intervals.measure(np.empty((2, 0, 0), np.float32), PRECISION).alterations == [(0.0, 1.0)] * 2


def test_with_one_work_the_interval_is_0_to_1():
    found = copy_intervals.measure(np.ones((2, 1, 1), np.float32), PRECISION)

    assert (found.recall, found.micro_ap, found.alterations) == ((0.0, 1.0), (0.0, 1.0), [(0.0, 1.0)] * 2)
