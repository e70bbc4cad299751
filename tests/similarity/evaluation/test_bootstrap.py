"""Works are drawn, each with all that shows it."""

import numpy as np

from similarity.measures import bootstrap


def test_every_draw_has_as_many_works_and_is_the_same_at_every_call():
    drawn = bootstrap.draw(12)

    assert drawn.shape == (bootstrap.RESAMPLES, 12)
    assert set(drawn.sum(axis=1).tolist()) == {12}
    assert np.array_equal(drawn, bootstrap.draw(12))


def test_an_interval_leaves_out_one_in_forty_at_either_end():
    found = np.linspace(0, 1, 1_001)[:, None]

    ((low, high),) = bootstrap.intervals(found)

    assert (round(low, 6), round(high, 6)) == (0.025, 0.975)


def test_an_interval_around_a_measure_is_as_wide_as_draws_are_astray_and_ends_where_shares_do():
    draws = np.array([[0.9, 0.97]] * 10 + [[0.7, 1.0]] * 990)

    inner, outer = bootstrap.around(np.array([0.6, 0.97]), draws)

    assert np.allclose(inner, (0.5, 0.7))
    assert np.allclose(outer, (0.94, 1.0))
