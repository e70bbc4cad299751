"""Halves to fit on and to test on, and what a projection gains on the half it never saw."""

from collections import Counter

import numpy as np
import pytest

from similarity.measures import held_out, likeness
from similarity.measures.record_fields import FIELDS
from similarity.vision.descriptors import discriminant

CLASS = FIELDS[0]


def painted(count: int, seed: int = 1) -> tuple[np.ndarray, list[list[str]]]:
    """(N, 20) rows of four classes: what tells them apart is faint, what does not is loud."""
    rng = np.random.default_rng(seed)
    classes = np.arange(count) % 4
    faint = 0.3 * np.eye(4)[classes] + rng.normal(0, 0.15, (count, 4))
    rows = np.concatenate([faint, rng.normal(0, 0.6, (count, 16))], axis=1)
    return rows.astype(np.float32), [[f"class {one}"] for one in classes]


def test_each_class_is_halved_and_every_work_is_in_one_half():
    labels = [["a"]] * 40 + [["b"]] * 10 + [["c"]] * 3 + [[]] * 5

    fitted, held = held_out.split(labels, seed=3)

    assert sorted([*fitted, *held]) == list(range(58))
    counted = Counter(name for row in fitted for name in labels[row])
    assert (counted["a"], counted["b"]) == (20, 5)
    assert counted["c"] in (1, 2)
    assert abs(len(fitted) - len(held)) <= 2


def test_a_seed_gives_the_same_halves_and_another_seed_others():
    labels = [["a"], ["b"]] * 30

    first, again, other = (held_out.split(labels, seed)[0].tolist() for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_works_that_share_a_maker_come_into_one_half_also_by_way_of_a_third():
    labels = [["a"], ["b"]] * 20
    makers = [[f"maker {place // 4}"] for place in range(40)]
    makers[3] = ["maker 0", "maker 5"]  # ties the works of two makers together
    makers[39] = []

    fitted, held = (set(half.tolist()) for half in held_out.split(labels, together=makers))

    for maker in range(10):
        rows = {row for row, names in enumerate(makers) if f"maker {maker}" in names}
        assert rows <= fitted or rows <= held
    tied = {0, 1, 2, 3, 20, 21, 22, 23}
    assert tied <= fitted or tied <= held
    assert len(fitted) == pytest.approx(20, abs=4)


def test_a_projection_that_helps_is_better_on_works_that_it_never_saw_with_an_interval():
    vectors, labels = painted(240)
    fitted, held = held_out.split(labels)
    found = discriminant.fit(vectors[fitted], [labels[row] for row in fitted])

    gain = held_out.compare(
        vectors[held], found.apply(vectors[held]), [1] * len(held), [labels[row] for row in held], CLASS
    )

    assert gain.ratio == pytest.approx(gain.supervised.value / gain.plain.value)
    assert 1.1 < gain.ratio_interval[0] < gain.ratio < gain.ratio_interval[1]
    assert gain.plain.works == gain.supervised.works == len(held)


def test_the_same_vectors_gain_nothing_and_that_is_certain():
    vectors, labels = painted(80)

    gain = held_out.compare(vectors, vectors, [1] * 80, labels, CLASS)

    assert (gain.ratio, gain.ratio_interval) == (1.0, (1.0, 1.0))


def test_a_field_that_means_nothing_is_refused():
    vectors, _ = painted(40)

    with pytest.raises(likeness.MeaninglessError, match="All 40 works have the same class"):
        held_out.compare(vectors, vectors, [1] * 40, [["a"]] * 40, CLASS)
