"""Corresponding regions are hot and marked at their places, unrelated ones stay dark."""

import numpy as np
import pytest

from similarity.vision.correspondence import cells, regions

SIDE = 12


def a_map(seed: int, side: int = SIDE, channels: int = 64) -> np.ndarray:
    """(C, side, side), as a network's: never negative, neighbours alike, all with one direction in common."""
    noise = np.random.default_rng(seed).standard_normal((channels, side + 2, side + 2)).astype(np.float32)
    smooth = sum(noise[:, y : y + side, x : x + side] for y in range(3) for x in range(3)) / 3
    return np.maximum(smooth + 1.0, 0)


def test_a_copy_is_hot_everywhere_and_every_mark_is_in_its_own_place():
    picture = a_map(1)

    found = regions.find(picture, picture)

    assert found.heat_a.min() > 0.5
    assert np.allclose(found.heat_a, found.heat_b)
    assert all(match.a == match.b for match in found.matches)


def test_a_shifted_copy_matches_at_the_shift():
    wide = a_map(2, side=SIDE + 3)
    left, right = wide[:, :SIDE, :SIDE], wide[:, 1 : SIDE + 1, 3:]

    found = regions.find(left, right)

    assert len(found.matches) >= 3
    assert {(m.a[0] - m.b[0], m.a[1] - m.b[1]) for m in found.matches} == {(1, 3)}


def test_only_recurring_regions_are_hot():
    first, second = a_map(3), a_map(4)
    second[:, 1:6, 6:11] = first[:, 5:10, 1:6]

    found = regions.find(first, second)

    assert found.heat_a[6:9, 2:5].mean() > 0.5
    assert found.heat_b[2:5, 7:10].mean() > 0.5
    assert found.heat_a[:4].mean() < 0.15
    assert found.heat_b[7:].mean() < 0.15


def test_unrelated_pictures_are_far_less_hot_than_a_copy():
    first, second = a_map(5), a_map(6)

    unrelated, copy = regions.find(first, second), regions.find(first, first)

    assert unrelated.heat_a.mean() < 0.2 * copy.heat_a.mean()
    assert all(match.strength < 0.5 < copy.matches[-1].strength for match in unrelated.matches)


def test_heat_lies_between_0_and_1_whatever_the_pictures():
    flat, lively = np.ones((8, 5, 7), np.float32), a_map(7, 7, 8)[:, :5]

    for one, other in ((flat, flat), (flat, lively), (lively, flat)):
        found = regions.find(one, other)
        for heat in (found.heat_a, found.heat_b):
            assert heat.shape == (5, 7)
            assert np.isfinite(heat).all()
            assert (heat.min(), heat.max()) >= (0, 0)
            assert heat.max() <= 1


def test_two_blank_pictures_do_not_match():
    flat = np.ones((8, 6, 6), np.float32)

    found = regions.find(flat, flat)

    assert found.matches == ()
    assert not found.heat_a.any()


def test_marks_are_spread_over_both_pictures_the_strongest_first():
    picture = a_map(8)

    matches = regions.find(picture, picture).matches

    assert 3 <= len(matches) <= regions.MATCHES_LIMIT
    strengths = [match.strength for match in matches]
    assert strengths == sorted(strengths, reverse=True)
    for i, one in enumerate(matches):
        for other in matches[:i]:
            assert max(abs(one.a[0] - other.a[0]), abs(one.a[1] - other.a[1])) >= SIDE / 4


def test_within_reach_only_the_same_place_counts():
    wide = a_map(9, side=SIDE + 6)
    left, far, near = wide[:, 3:15, :SIDE], wide[:, 3:15, 6:], wide[:, 3:15, 1 : SIDE + 1]

    lit_far = regions.find(left, far, reach=0.15).heat_a.mean()
    lit_near = regions.find(left, near, reach=0.15).heat_a.mean()

    assert lit_near > 0.5
    assert lit_far < 0.2


def test_plain_paper_stays_dark_and_unmarked_even_where_it_is_the_same():
    square = np.full((120, 120, 3), 240, np.uint8)
    square[:, :60] = np.random.default_rng(3).integers(0, 256, (120, 60, 1), dtype=np.uint8)
    detail = cells.detail(square, (SIDE, SIDE))
    picture = a_map(10)

    found = regions.find(picture, picture, details=(detail, detail))

    assert found.heat_a[:, :6].min() > 0.5
    assert found.heat_a[:, 6:].max() < 0.2
    assert all(match.a[1] < 6 for match in found.matches)


def test_the_trace_of_padding_makes_no_edges_match():
    padding = np.random.default_rng(9).standard_normal((4, 64)).astype(np.float32)
    first, second = a_map(10, side=14), a_map(11, side=14)
    for maps in (first, second):
        for side, edge in enumerate((maps[:, :2], maps[:, -2:], maps[:, :, :2], maps[:, :, -2:])):
            edge += padding[side][:, None, None]

    unrelated, copy = regions.find(first, second), regions.find(first, first)

    assert unrelated.heat_a[:2, 2:-2].mean() < 0.4  # 0.56 with the trace
    assert unrelated.heat_a[2:-2, -2:].mean() < 0.4
    assert copy.heat_a[:2].mean() > 0.5


def test_maps_of_two_networks_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        regions.find(a_map(1), a_map(1, channels=32))


def test_colours_match_at_any_place_in_proportion_to_their_amount():
    red, blue, grey = (np.array(lab, np.float32)[:, None, None] for lab in ((50, 70, 50), (30, 40, -80), (60, 0, 0)))
    first, second = np.tile(grey, (1, 4, 4)), np.tile(blue, (1, 4, 4))
    first[:, :, :2] = red
    second[:, 0] = red[:, 0]

    found = regions.find_colours(first, second)

    assert found.heat_a[:, :2] == pytest.approx(0.5, abs=0.01)
    assert found.heat_a[:, 2:] == pytest.approx(0, abs=0.01)
    assert found.heat_b[0] == pytest.approx(1, abs=0.01)
    assert found.heat_b[1:] == pytest.approx(0, abs=0.01)
