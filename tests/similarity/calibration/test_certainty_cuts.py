"""Precision and recall at cuts, and the cut that they recommend."""

import math

import numpy as np
import pytest

from similarity.measures import certainty_cuts
from similarity.measures.certainty_cuts import Pairs


def pairs_of(*rows: tuple[float, bool, bool]) -> Pairs:
    return Pairs.of(rows)


def test_precision_and_recall_count_only_pairs_that_may_be_duplicates():
    pairs = pairs_of((0.9, True, True), (0.9, False, True), (0.6, True, False), (0.2, True, True))

    low, high = certainty_cuts.score(pairs, (0.5, 0.8))

    assert (low.suggested, low.wrong, low.precision, low.in_queue) == (2, 1, 0.5, 2)
    assert (high.suggested, high.wrong, high.precision) == (1, 0, 1.0)
    assert low.recall == pytest.approx(1 / 3)


def test_without_pairs_there_are_no_shares_and_no_recommendation():
    pairs = pairs_of()

    scored = certainty_cuts.score(pairs)

    assert all(each.precision is None and each.recall is None for each in scored)
    assert certainty_cuts.recommend(pairs, scored, 0.5).cut is None


def test_without_pairs_of_different_pictures_no_cut_is_recommended():
    pairs = pairs_of(*[(0.9, True, True)] * 5_000)

    found = certainty_cuts.recommend(pairs, certainty_cuts.score(pairs), 0.5)

    assert found.cut is None
    assert "no pair of different pictures" in found.reason


def test_the_lowest_cut_whose_precision_is_proved_is_recommended():
    pairs = pairs_of(*[(0.9, True, True)] * 5_000, *[(0.42, True, False)] * 40, (0.1, True, False))

    found = certainty_cuts.recommend(pairs, certainty_cuts.score(pairs), 0.5)

    assert found.is_proved
    assert found.cut == 0.45


def test_with_too_few_pairs_the_best_proved_cut_is_recommended_and_called_unproved():
    pairs = pairs_of(*[(0.9, True, True)] * 50, *[(0.42, True, False)] * 5)

    found = certainty_cuts.recommend(pairs, certainty_cuts.score(pairs), 0.5)

    assert (found.cut, found.is_proved) == (0.5, False)  # 0.45 is as good, but 0.5 is valid
    assert "3,838" in found.reason


def test_a_certainty_that_is_no_number_reaches_no_cut():
    pairs = pairs_of((math.nan, True, False), (0.9, True, True))

    scored = certainty_cuts.score(pairs)

    assert scored[0].suggested == 1
    assert not np.isnan([each.precision for each in scored if each.precision is not None]).any()
