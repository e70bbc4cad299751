"""Likeness by the museum's records, on few vectors."""

import numpy as np
import pytest

from similarity.measures import likeness
from similarity.measures.likeness import LEAST_WORKS, MeaninglessError
from similarity.measures.record_fields import FIELDS, is_known

CLASS, MAKER = FIELDS[0], FIELDS[1]


def clusters(sizes: list[int], spread: float, seed: int = 5) -> tuple[np.ndarray, list[list[str]]]:
    """Return (N, 16) rows around one axis for each class, and the class of each row."""
    rng = np.random.default_rng(seed)
    classes = np.repeat(np.arange(len(sizes)), sizes)
    vectors = np.eye(16)[classes] + rng.normal(0, spread, (len(classes), 16))
    return vectors.astype(np.float32), [[f"class {one}"] for one in classes]


def by_full_sorting(vectors: np.ndarray, labels: list[list[str]], k: int = 10) -> tuple[float, float]:
    """Return precision@k and recall@k by full sorting, for one label a work."""
    x = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    label = np.array([name for (name,) in labels])
    similar = x @ x.T
    np.fill_diagonal(similar, -9)
    same = label[np.argsort(-similar, axis=1)[:, :k]] == label[:, None]
    others = np.array([(label == one).sum() - 1 for one in label])
    use = others > 0
    return float(same.mean()), float((same.sum(1)[use] / np.minimum(k, others[use])).mean())


def test_measures_equal_those_of_a_full_sorting_over_several_chunks(monkeypatch):
    monkeypatch.setattr(likeness, "CHUNK", 17)
    vectors, labels = clusters([30, 25, 12, 5, 1], spread=0.6)
    precision, recall = by_full_sorting(vectors, labels)

    of_class = likeness.measure(vectors, [1] * 73, labels, CLASS)
    of_maker = likeness.measure(vectors, [1] * 73, labels, MAKER)

    assert of_class.value == pytest.approx(precision)
    assert of_maker.value == pytest.approx(recall)
    assert (of_class.works, of_class.labels) == (73, 5)
    assert (of_maker.works, of_maker.labels) == (72, 4)  # one work has no other by its maker


def test_random_vectors_reach_chance_and_no_more():
    rng = np.random.default_rng(3)
    vectors = rng.standard_normal((900, 16)).astype(np.float32)
    labels = [[str(one)] for one in rng.integers(0, 5, 900)]

    found = likeness.measure(vectors, [1] * 900, labels, CLASS)
    of_maker = likeness.measure(vectors, [1] * 900, labels, MAKER)

    assert found.chance == pytest.approx(sum((labels.count([str(one)]) / 900) ** 2 for one in range(5)), abs=2e-3)
    assert found.value == pytest.approx(found.chance, abs=0.02)
    assert found.interval[0] < found.chance < found.interval[1]
    assert of_maker.value == pytest.approx(of_maker.chance, abs=0.02)


def test_the_length_of_a_vector_does_not_matter():
    vectors, labels = clusters([20, 20], spread=0.5)
    stretched = vectors * np.linspace(0.1, 9, 40, dtype=np.float32)[:, None]

    assert likeness.measure(stretched, [1] * 40, labels, CLASS) == likeness.measure(vectors, [1] * 40, labels, CLASS)


def test_neighbours_are_labelled_works_of_the_same_collection():
    vectors, labels = clusters([12, 12], spread=0.01)
    twice = np.concatenate([vectors, vectors, vectors])
    nameless: list[list[str]] = [[]] * 24

    found = likeness.measure(twice, [1] * 24 + [2] * 24 + [1] * 24, [*labels, *labels, *nameless], CLASS)

    assert found == likeness.measure(np.concatenate([vectors, vectors]), [1] * 24 + [2] * 24, labels * 2, CLASS)
    assert found.value == 1.0
    assert (found.works, found.labels) == (48, 4)


def test_a_work_of_two_makers_matches_the_works_of_both():
    vectors, _ = clusters([10, 10], spread=0.01)
    makers = [["Ito"]] * 9 + [["Ito", "Sato"]] + [["Sato"]] * 10

    found = likeness.measure(vectors, [1] * 20, makers, MAKER)

    # Nine find the nine others; the one of both finds nine of at most ten; Sato's find nine of ten others.
    assert found.value == pytest.approx((9 * 1 + 0.9 + 10 * 0.9) / 20, abs=0.011)
    assert found.works == 20


def test_in_a_small_collection_all_other_works_are_neighbours():
    vectors, labels = clusters([3, 2], spread=0.01)

    found = likeness.measure(np.tile(vectors, (4, 1)), np.repeat([1, 2, 3, 4], 5).tolist(), labels * 4, CLASS)

    assert found.value == pytest.approx((3 * 2 / 4 + 2 * 1 / 4) / 5)
    assert found.value == pytest.approx(found.chance)  # all works are neighbours, so chance reaches the same


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ([[]] * 30, "No work has a class."),
        ([["a"], ["b"]] * 3, f"Only 6 works have a known class; at least {LEAST_WORKS} are needed."),
        ([["a"], *[[]] * 29], f"Only 1 work has a known class; at least {LEAST_WORKS} are needed."),
        ([["a"]] * 30, "All 30 works have the same class, so every answer would be right."),
        ([[str(one)] for one in range(30)], "No two works have the same class, so there is nothing to find."),
    ],
)
def test_a_field_that_cannot_be_measured_is_refused_with_its_reason(labels: list[list[str]], reason: str):
    vectors = np.eye(30, dtype=np.float32)[: len(labels)]

    with pytest.raises(MeaninglessError) as refusal:
        likeness.measure(vectors, [1] * len(labels), labels, CLASS)

    assert str(refusal.value) == reason


def test_collections_of_one_class_each_are_refused():
    vectors, labels = clusters([15, 15], spread=0.5)

    with pytest.raises(MeaninglessError, match="In each collection all works have the same class"):
        likeness.measure(vectors, [1] * 15 + [2] * 15, labels, CLASS)


def test_unknown_makers_do_not_count_as_one_maker():
    assert [
        name for name in ("Unknown maker", "unknown Japanese", "Anonymous (German)", "", " ") if is_known(name)
    ] == []
    assert is_known("Katsushika Hokusai")
    assert is_known("Master of the Unicorn")
