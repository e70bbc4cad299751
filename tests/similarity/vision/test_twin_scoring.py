"""What is measured of a hash: equal strings, near strings, false pairs, balance."""

import numpy as np

from similarity.vision.twin import scoring

ORIGINALS = np.array([0, 0xFF, 0xFFFF], dtype=np.uint64)


def test_a_threshold_admits_one_false_pair_in_a_thousand_uploads() -> None:
    uploads = {"none": ORIGINALS, "one bit": ORIGINALS ^ np.uint64(1), "seven bits": ORIGINALS ^ np.uint64(0x7F)}

    found = scoring.score(ORIGINALS, np.arange(3), uploads, np.arange(3))

    assert found.threshold_bits == 0  # seven bits from 0 are one bit from 0xFF
    assert found.false_equal_per_1000 == 0
    assert found.alterations["none"] == scoring.AlterationScore(equal=1.0, recall=1.0)
    assert found.alterations["one bit"] == scoring.AlterationScore(equal=0.0, recall=0.0)


def test_other_pictures_of_a_work_are_no_false_pairs() -> None:
    twins = np.array([5, 5], dtype=np.uint64)

    as_others = scoring.score(twins, np.array([0, 1]), {"none": twins}, np.arange(2))
    as_one_work = scoring.score(twins, np.array([0, 0]), {"none": twins}, np.arange(2))

    assert as_others.threshold_bits == -1
    assert as_others.alterations["none"].recall == 0
    assert as_one_work.alterations["none"].recall == 1


def test_equal_bits_correlate_and_constant_ones_do_not() -> None:
    bits = np.array([[0, 0, 1], [1, 1, 1], [0, 0, 1], [1, 1, 1]], dtype=np.uint8)

    found = scoring.bit_quality(bits)

    assert found.means == [0.5, 0.5, 1.0]
    assert np.isclose(found.largest_correlation, 1)
    assert np.isclose(found.mean_correlation, 1 / 3)
