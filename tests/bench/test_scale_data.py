"""Grown collections resemble real ones, and growth is fitted and extrapolated."""

import numpy as np
import pytest

from bench.scale import data, extrapolation


def lifelike(count: int, seed: int = 1) -> np.ndarray:
    """Return (count, 64) unit rows around many centres."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((count // 8, 64))
    points = centres[rng.integers(len(centres), size=count)] + rng.standard_normal((count, 64))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def test_grown_vectors_begin_with_the_real_ones_and_have_length_1():
    real = lifelike(200)

    grown = data.grow(real, 1_500)

    assert grown.vectors.shape == (1_500, 64)
    assert grown.vectors[:200] == pytest.approx(real, abs=1e-3)
    assert np.linalg.norm(grown.vectors.astype(np.float32), axis=1) == pytest.approx(np.ones(1_500), abs=5e-3)


def test_a_smaller_collection_is_a_prefix_of_a_larger_one_up_to_whole_doublings():
    real = lifelike(160)

    small, large = data.grow(real, 640), data.grow(real, 1_000)

    assert np.array_equal(small.vectors, large.vectors[:640])


def test_the_distance_to_the_nearest_neighbour_shrinks_as_real_samples_predict():
    real = lifelike(480)
    expected = data.first_by_size(real)

    grown = data.grow(real, 3_840)

    found = data.shape(grown.vectors)
    assert found.first < data.shape(real).first
    assert found.first == pytest.approx(expected.at(3_840), rel=0.25)


def test_grown_vectors_stay_near_the_real_ones_that_they_are_grown_from():
    real = lifelike(200)

    grown = data.grow(real, 800)

    vectors = grown.vectors.astype(np.float32)
    to_root = (vectors[200:] * real[grown.roots[200:]]).sum(axis=1)
    to_others = vectors[200:] @ real.T
    assert np.median(to_root) > np.quantile(to_others, 0.99)


def test_nearest_equals_a_full_sort_and_marks_missing_neighbours(monkeypatch):
    monkeypatch.setattr(data, "CHUNK", 70)
    vectors = lifelike(240)
    rows, admitted = np.array([0, 100, 239]), np.arange(240) % 60 == 0
    cosines = vectors[rows] @ vectors.T
    cosines[np.arange(3), rows] = -np.inf

    everywhere = data.nearest(vectors, rows, 10)
    few = data.nearest(vectors, rows, 10, admitted)

    assert np.array_equal(everywhere, np.argsort(-cosines, axis=1)[:, :10])
    assert [(row >= 0).sum() for row in few] == [3, 4, 4]


def test_a_power_law_is_recovered_and_extrapolated():
    counts = [30_000, 100_000, 300_000]

    line = extrapolation.power(counts, [2e-3 * count**1.1 for count in counts])

    assert line.exponent == pytest.approx(1.1)
    assert line.at(10_000_000) == pytest.approx(2e-3 * 10_000_000**1.1)


def test_a_constant_step_with_every_doubling_is_recovered():
    line = extrapolation.logarithmic([1_000, 2_000, 8_000], [3.0, 3.5, 4.5])

    assert line.step == pytest.approx(0.5)
    assert line.at(16_000) == pytest.approx(5.0)


def test_growth_from_one_size_is_refused():
    with pytest.raises(ValueError, match="two sizes"):
        extrapolation.power([1_000, 1_000], [1.0, 1.0])
