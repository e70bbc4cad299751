"""The bootstrap over works."""

import numpy as np

from similarity.measures import bootstrap


def test_every_resample_has_as_many_works_and_every_call_gives_the_same():
    counts = bootstrap.resample(12)

    assert counts.shape == (bootstrap.RESAMPLES, 12)
    assert set(counts.sum(axis=1).tolist()) == {12}
    assert np.array_equal(counts, bootstrap.resample(12))


def test_a_percentile_interval_leaves_out_one_in_forty_at_each_end():
    resampled = np.linspace(0, 1, 1_001)[:, None]

    ((low, high),) = bootstrap.percentile_intervals(resampled)

    assert (round(low, 6), round(high, 6)) == (0.025, 0.975)


def test_a_symmetric_interval_covers_95_percent_of_resamples_and_stays_within_0_and_1():
    resampled = np.array([[0.9, 0.97]] * 10 + [[0.7, 1.0]] * 990)

    inner, outer = bootstrap.symmetric_intervals(np.array([0.6, 0.97]), resampled)

    assert np.allclose(inner, (0.5, 0.7))
    assert np.allclose(outer, (0.94, 1.0))
