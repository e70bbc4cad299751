"""Precision and recall of pairs, compared with values computed by hand."""

import numpy as np
import pytest

from similarity.measures import precision, score_normalisation


def of(scores: list[float], is_copy: list[bool]) -> precision.Curve:
    return precision.curve(np.array(scores, np.float32), np.array(is_copy))


def test_a_threshold_accepts_pairs_that_score_as_much_or_more():
    found = of([0.9, 0.8, 0.7, 0.1], [True, False, True, False])

    assert found.recall == pytest.approx([1 / 2, 1 / 2, 1, 1])
    assert found.precision == pytest.approx([1, 1 / 2, 2 / 3, 2 / 4])
    assert precision.micro_ap(found) == pytest.approx(1 / 2 * 1 + 1 / 2 * 2 / 3)


def test_equal_scores_are_accepted_together_in_any_order():
    one, other = of([0.5, 0.5], [True, False]), of([0.5, 0.5], [False, True])

    assert precision.micro_ap(one) == precision.micro_ap(other) == pytest.approx(1 / 2)
    assert precision.recall_at(one, 0.999) == (0.0, float("inf"))


def test_recall_at_a_precision_is_the_greatest_even_after_a_dip_in_precision():
    found = of([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [True, False, True, True, True, False])

    assert precision.recall_at(found, 1.0) == (pytest.approx(1 / 4), pytest.approx(0.9))
    assert precision.recall_at(found, 0.8) == (pytest.approx(1.0), pytest.approx(0.5))


def test_a_downsampled_curve_keeps_its_ends():
    rng = np.random.default_rng(3)
    is_copy = rng.random(5_000) < 0.3
    found = precision.curve((rng.random(5_000) + is_copy).astype(np.float32), is_copy)

    points = precision.downsample(found, 50)

    assert len(points) <= 50
    assert points[-1][0] == 1.0
    assert points == sorted(points)


def test_without_pairs_the_curve_is_empty():
    nothing = of([], [])

    assert precision.micro_ap(nothing) == 0.0
    assert precision.downsample(nothing, 50) == []


def test_normalisation_subtracts_the_weighted_mean_of_the_nearest_background_scores():
    scores = np.array([[0.9, 0.5], [0.8, 0.1]], np.float32)
    to_background = np.array([[0.8, 0.6, 0.0], [0.2, 0.0, 0.0]], np.float32)

    found = score_normalisation.normalise(scores, to_background, weight=0.5, nearest=2)

    assert found == pytest.approx(np.array([[0.9 - 0.35, 0.5 - 0.35], [0.8 - 0.05, 0.1 - 0.05]]))


def test_without_a_background_set_scores_stay_the_same():
    scores = np.array([[0.9, 0.5]], np.float32)

    assert score_normalisation.normalise(scores, np.empty((1, 0), np.float32)) is scores
