"""Counts over photographs whose works are known."""

import numpy as np

from similarity.vision.identification import groups, measures
from similarity.vision.identification.groups import Candidate, Work
from similarity.vision.identification.verification import NOTHING, Verification


def work(key: str, *, is_same: bool) -> Work[str]:
    same = Verification(30, 0.9, 0.2, is_same=True, outline=np.zeros((4, 2), np.float32))
    return Work(groups.WHOLE, (Candidate(key, 0.5, same if is_same else NOTHING), Candidate("other", 0.1, None)))


def test_each_work_of_a_photograph_counts():
    shown = [{"a", "b"}, {"c"}, set()]
    found = [
        [work("a", is_same=True), work("b", is_same=False)],
        [work("wrong", is_same=True)],
        [work("x", is_same=False)],
    ]

    counted = measures.count(shown, found)

    assert (counted.photographs, counted.photographs_of_works, counted.photographs_recognised) == (3, 2, 1)
    assert (counted.works, counted.first, counted.recognised) == (3, 2, 1)
    assert (counted.said, counted.said_rightly, counted.unrecognised) == (2, 1, 2)
    assert (counted.p_at_1, counted.recall, counted.precision) == (2 / 3, 1 / 3, 1 / 2)


def test_one_answer_in_two_places_counts_once():
    counted = measures.count([{"a"}], [[work("a", is_same=False), work("a", is_same=False)]])

    assert counted.first == counted.works == 1


def test_shares_of_no_works_are_none():
    counted = measures.count([set()], [[work("x", is_same=False)]])

    assert counted.p_at_1 is counted.recall is counted.precision is None


def test_counts_of_sets_are_summed():
    one = measures.count([{"a"}], [[work("a", is_same=True)]])

    both = measures.total([one, measures.count([{"b"}], [[work("a", is_same=True)]])])

    assert (both.works, both.said, both.said_rightly) == (2, 2, 1)
