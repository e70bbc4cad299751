"""Intervals of copy detection: by works, around what was measured, and honest about what hangs on few pairs."""

import numpy as np
from numpy.typing import NDArray

from similarity.evaluation import copy_detection
from similarity.measures import bootstrap, copy_intervals, precision

PRECISION = 0.99


def made_up(works: int, alterations: int, *, seed: int = 0) -> NDArray[np.float32]:
    """(T, N, N) scores: each alteration hides more of a work than the one before, and some works more than others."""
    lots = np.random.default_rng(seed)
    originals = lots.standard_normal((works, 12))
    hidden = np.exp(0.4 * lots.standard_normal((works, 1))) * np.linspace(0.2, 3, alterations)[:, None, None]
    seen = originals + hidden * lots.standard_normal((alterations, works, 12))
    unit = [rows / np.linalg.norm(rows, axis=-1, keepdims=True) for rows in (seen, originals)]
    return (unit[0] @ unit[1].T).astype(np.float32)


def width(interval: bootstrap.Interval) -> float:
    return interval[1] - interval[0]


def test_a_draw_with_every_work_once_gives_what_was_measured():
    scores = made_up(30, 5)
    curve = copy_detection.pooled(scores)
    recall, threshold = precision.recall_at(curve, PRECISION)

    found = copy_intervals.rank(scores).measure(np.ones(30, np.int64), PRECISION)

    each = [copy_detection.accepted(one, threshold) for one in scores]
    assert np.allclose(found, [recall, precision.micro_ap(curve), *each])


def test_equal_scores_are_accepted_together_in_a_draw_too():
    scores = np.round(made_up(20, 4), 1)

    found = copy_intervals.rank(scores).measure(np.ones(20, np.int64), PRECISION)

    assert np.allclose(
        found[:2],
        [
            precision.recall_at(copy_detection.pooled(scores), PRECISION)[0],
            precision.micro_ap(copy_detection.pooled(scores)),
        ],
    )


def test_a_work_drawn_twice_counts_like_two_that_are_no_strangers_to_each_other():
    scores = made_up(6, 3)
    twice = [0, 0, 1, 2, 3, 4]
    copied = scores[:, twice][:, :, twice].copy()
    copied[:, 0, 1] = copied[:, 1, 0] = -2.0  # two draws of one work: no false pair

    found = copy_intervals.rank(scores).measure(np.array([2, 1, 1, 1, 1, 0]), PRECISION)

    assert np.allclose(found, copy_intervals.rank(copied).measure(np.ones(6, np.int64), PRECISION))


def test_intervals_hold_what_was_measured_and_are_the_same_every_time():
    scores = made_up(40, 5)

    found = copy_intervals.measure(scores, PRECISION)

    recall, micro_ap, *each = copy_intervals.rank(scores).measure(np.ones(40, np.int64), PRECISION)
    for value, (low, high) in zip(
        (recall, micro_ap, *each), (found.recall, found.micro_ap, *found.alterations), strict=True
    ):
        assert 0 <= low <= value <= high <= 1
    assert found == copy_intervals.measure(scores, PRECISION)


def test_more_alterations_of_the_same_works_do_not_make_anything_surer():
    scores = made_up(40, 5)

    once, thrice = (
        copy_intervals.measure(scores, PRECISION),
        copy_intervals.measure(np.tile(scores, (3, 1, 1)), PRECISION),
    )

    assert np.allclose(once.micro_ap, thrice.micro_ap)
    assert np.allclose(once.recall, thrice.recall)


def test_more_works_make_it_surer():
    few, many = copy_intervals.measure(made_up(15, 3), PRECISION), copy_intervals.measure(made_up(120, 3), PRECISION)

    assert width(many.micro_ap) < width(few.micro_ap) / 2


def test_two_works_that_look_alike_make_recall_unsure_and_micro_ap_hardly():
    scores = np.full((4, 40, 40), 0.1, np.float32)
    scores[:, range(40), range(40)] = np.linspace(0.5, 0.9, 160).reshape(4, 40)
    scores[:, 0, 1] = scores[:, 1, 0] = 0.7  # above half of all copies

    found = copy_intervals.measure(scores, PRECISION)

    assert width(found.recall) > 0.5
    assert width(found.micro_ap) < 0.2


def test_an_interval_holds_what_other_works_would_give_about_as_often_as_it_says():
    others = [
        copy_intervals.rank(made_up(30, 3, seed=seed)).measure(np.ones(30, np.int64), PRECISION)
        for seed in range(100, 400)
    ]
    expected = np.mean(others, axis=0)[1]  # micro-AP

    intervals = [copy_intervals.measure(made_up(30, 3, seed=seed), PRECISION).micro_ap for seed in range(40)]

    held = np.mean([low <= expected <= high for low, high in intervals])
    assert held >= 0.85


def test_of_nothing_nothing_is_known():
    assert copy_intervals.measure(np.empty((2, 0, 0), np.float32), PRECISION).alterations == [(0.0, 1.0)] * 2


def test_one_work_tells_nothing_of_others():
    found = copy_intervals.measure(np.ones((2, 1, 1), np.float32), PRECISION)

    assert (found.recall, found.micro_ap, found.alterations) == ((0.0, 1.0), (0.0, 1.0), [(0.0, 1.0)] * 2)
