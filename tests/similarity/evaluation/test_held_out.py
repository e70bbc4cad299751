"""Split works into halves to fit and to test on, and compare a projection with plain vectors on the held-out half."""

from collections import Counter

import numpy as np
import pytest

from similarity.measures import held_out, likeness
from similarity.measures.record_fields import FIELDS
from similarity.vision.descriptors import discriminant

CLASS = FIELDS[0]


def four_classes(count: int, seed: int = 1) -> tuple[np.ndarray, list[list[str]]]:
    """Return (N, 20) rows of four classes: 4 dimensions with a weak signal, 16 with strong noise."""
    rng = np.random.default_rng(seed)
    classes = np.arange(count) % 4
    signal = 0.3 * np.eye(4)[classes] + rng.normal(0, 0.15, (count, 4))
    rows = np.concatenate([signal, rng.normal(0, 0.6, (count, 16))], axis=1)
    return rows.astype(np.float32), [[f"class {one}"] for one in classes]


def test_each_class_is_halved_and_every_work_is_in_one_half():
    labels = [["a"]] * 40 + [["b"]] * 10 + [["c"]] * 3 + [[]] * 5

    fitted, held = held_out.split(labels, seed=3)

    assert sorted([*fitted, *held]) == list(range(58))
    counted = Counter(name for row in fitted for name in labels[row])
    assert (counted["a"], counted["b"]) == (20, 5)
    assert counted["c"] in (1, 2)
    assert abs(len(fitted) - len(held)) <= 2


def test_equal_seeds_give_equal_halves_and_another_seed_gives_others():
    labels = [["a"], ["b"]] * 30

    first, again, other = (held_out.split(labels, seed)[0].tolist() for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_works_that_share_a_maker_come_into_one_half_directly_or_through_other_works():
    labels = [["a"], ["b"]] * 20
    makers = [[f"maker {place // 4}"] for place in range(40)]
    makers[3] = ["maker 0", "maker 5"]  # joins the works of two makers
    makers[39] = []

    fitted, held = (set(half.tolist()) for half in held_out.split(labels, grouped_by=makers))

    for maker in range(10):
        rows = {row for row, names in enumerate(makers) if f"maker {maker}" in names}
        assert rows <= fitted or rows <= held
    tied = {0, 1, 2, 3, 20, 21, 22, 23}
    assert tied <= fitted or tied <= held
    assert len(fitted) == pytest.approx(20, abs=4)


def test_a_useful_projection_is_better_on_held_out_works_and_so_is_its_interval():
    vectors, labels = four_classes(240)
    fitted, held = held_out.split(labels)
    found = discriminant.fit(vectors[fitted], [labels[row] for row in fitted])

    gain = held_out.compare(
        vectors[held], found.apply(vectors[held]), [1] * len(held), [labels[row] for row in held], CLASS
    )

    assert gain.ratio == pytest.approx(gain.supervised.value / gain.plain.value)
    assert 1.1 < gain.ratio_interval[0] < gain.ratio < gain.ratio_interval[1]
    assert gain.plain.works == gain.supervised.works == len(held)


def test_equal_vectors_have_a_ratio_of_1_with_an_interval_of_zero_width():
    vectors, labels = four_classes(80)

    gain = held_out.compare(vectors, vectors, [1] * 80, labels, CLASS)

    assert (gain.ratio, gain.ratio_interval) == (1.0, (1.0, 1.0))


def test_a_field_that_cannot_be_measured_is_refused():
    vectors, _ = four_classes(40)

    with pytest.raises(likeness.MeaninglessError, match="All 40 works have the same class"):
        held_out.compare(vectors, vectors, [1] * 40, [["a"]] * 40, CLASS)
