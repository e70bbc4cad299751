"""Grown collections: unit vectors that lie as real ones do, and lines that are read off beyond what was measured."""

import numpy as np
import pytest

from bench.scale import data, extrapolation


def lifelike(count: int, seed: int = 1) -> np.ndarray:
    """(count, 64) unit rows around many loose centres."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((count // 8, 64))
    points = centres[rng.integers(len(centres), size=count)] + rng.standard_normal((count, 64))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def test_grown_vectors_begin_with_the_real_ones_and_all_have_length_one():
    real = lifelike(200)

    crowd = data.grow(real, 1_500)

    assert crowd.vectors.shape == (1_500, 64)
    assert crowd.vectors[:200] == pytest.approx(real, abs=1e-3)
    assert np.linalg.norm(crowd.vectors.astype(np.float32), axis=1) == pytest.approx(np.ones(1_500), abs=5e-3)


def test_a_smaller_collection_is_a_prefix_of_a_larger_one_as_far_as_whole_doublings_go():
    real = lifelike(160)

    small, large = data.grow(real, 640), data.grow(real, 1_000)

    assert np.array_equal(small.vectors, large.vectors[:640])


def test_neighbours_come_nearer_as_the_collection_grows_about_as_real_samples_foretell():
    real = lifelike(480)
    expected = data.first_by_size(real)

    crowd = data.grow(real, 3_840)

    found = data.shape(crowd.vectors)
    assert found.first < data.shape(real).first
    assert found.first == pytest.approx(expected.at(3_840), rel=0.25)


def test_grown_vectors_are_no_noise_but_stay_near_where_they_come_from():
    real = lifelike(200)

    crowd = data.grow(real, 800)

    vectors = crowd.vectors.astype(np.float32)
    to_root = (vectors[200:] * real[crowd.roots[200:]]).sum(axis=1)
    to_others = vectors[200:] @ real.T
    assert np.median(to_root) > np.quantile(to_others, 0.99)


def test_the_nearest_are_those_of_a_plain_sort_and_missing_ones_are_told(monkeypatch):
    monkeypatch.setattr(data, "CHUNK", 70)
    vectors = lifelike(240)
    rows, admitted = np.array([0, 100, 239]), np.arange(240) % 60 == 0
    alike = vectors[rows] @ vectors.T
    alike[np.arange(3), rows] = -np.inf

    everywhere = data.nearest(vectors, rows, 10)
    few = data.nearest(vectors, rows, 10, admitted)

    assert np.array_equal(everywhere, np.argsort(-alike, axis=1)[:, :10])
    assert [(row >= 0).sum() for row in few] == [3, 4, 4]


def test_a_power_law_is_found_again_and_read_off_beyond_its_sizes():
    counts = [30_000, 100_000, 300_000]

    line = extrapolation.power(counts, [2e-3 * count**1.1 for count in counts])

    assert line.exponent == pytest.approx(1.1)
    assert line.at(10_000_000) == pytest.approx(2e-3 * 10_000_000**1.1)


def test_a_step_with_every_doubling_is_found_again():
    line = extrapolation.logarithmic([1_000, 2_000, 8_000], [3.0, 3.5, 4.5])

    assert line.step == pytest.approx(0.5)
    assert line.at(16_000) == pytest.approx(5.0)


def test_one_size_shows_no_growth():
    with pytest.raises(ValueError, match="two sizes"):
        extrapolation.power([1_000, 1_000], [1.0, 1.0])
