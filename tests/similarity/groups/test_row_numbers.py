import numpy as np

from similarity.groups.graphs import row_numbers


def test_ids_have_rows_and_others_are_missing():
    ids = np.array([3, 5, 9])

    found = row_numbers.find(ids, [[9, 3], [4, 10]])

    assert found.tolist() == [[2, 0], [-1, -1]]
    assert row_numbers.find(ids, []).tolist() == []


def test_all_are_missing_among_no_ids():
    found = row_numbers.find(np.empty(0, np.int64), [1, 2])

    assert (found.tolist(), found.dtype) == ([-1, -1], np.int64)
