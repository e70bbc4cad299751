"""A supervised projection brings works of one class closer, also works that it was not fitted on."""

import numpy as np
import pytest

from similarity.vision.descriptors import discriminant
from similarity.vision.descriptors.discriminant import DiscriminantError

DIMENSIONS = 12


def painted(count: int, seed: int) -> tuple[np.ndarray, list[list[str]]]:
    """(N, 12) unit rows of three classes: what tells them apart is faint, what does not is loud."""
    rng = np.random.default_rng(seed)
    classes = np.arange(count) % 3
    faint = 0.3 * np.eye(3)[classes] + rng.normal(0, 0.1, (count, 3))
    rows = np.concatenate([faint, rng.normal(0, 0.4, (count, DIMENSIONS - 3))], axis=1)
    return unit(rows).astype(np.float32), [[f"class {one}"] for one in classes]


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def nearest_is_same(vectors: np.ndarray, labels: list[list[str]]) -> float:
    similar = vectors @ vectors.T
    np.fill_diagonal(similar, -9)
    return float(np.mean([labels[place] == labels[near] for place, near in enumerate(similar.argmax(axis=1))]))


def cosine(vectors: np.ndarray, i: int, j: int) -> float:
    return float(vectors[i] @ vectors[j])


def test_works_that_were_not_fitted_on_come_closer_to_their_class():
    found = discriminant.fit(*painted(150, seed=1))
    vectors, labels = painted(150, seed=2)

    moved = found.apply(vectors)

    assert nearest_is_same(moved, labels) > nearest_is_same(vectors, labels) + 0.2
    assert moved.dtype == np.float32
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-6)


def test_the_discriminant_axes_are_those_of_scikit_learn():
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    vectors, labels = painted(300, seed=3)
    theirs = LinearDiscriminantAnalysis(solver="eigen").fit(vectors.astype(float), [name for (name,) in labels])
    rows, members = vectors - vectors.mean(axis=0, dtype=np.float64), discriminant.members_of(labels)

    found = discriminant.discriminant_axes(
        discriminant.within(rows, members, []), discriminant.between(rows, members, [])
    )

    axes, expected = np.linalg.qr(found)[0], np.linalg.qr(theirs.scalings_[:, :2])[0]
    assert found.shape == (DIMENSIONS, 2)
    assert np.allclose(np.abs(np.linalg.svd(axes.T @ expected)[1]), 1, atol=1e-4)


def test_directions_that_separate_no_classes_get_half_the_weight():
    rng = np.random.default_rng(4)
    axes, total = np.eye(DIMENSIONS)[:, :2], np.diag(rng.uniform(1, 2, DIMENSIONS))

    root = discriminant.blended(total, axes)

    assert np.allclose((root @ root)[2:, 2:], 0.5 * np.eye(DIMENSIONS - 2))


def test_the_result_has_the_dimensions_of_the_vectors_and_their_type():
    found = discriminant.fit(*painted(60, seed=5))

    assert (found.matrix.shape, found.mean.shape) == ((DIMENSIONS, DIMENSIONS), (DIMENSIONS,))
    assert found.matrix.dtype == found.mean.dtype == np.float32


def test_with_more_dimensions_than_works_no_dimension_is_lost():
    rng = np.random.default_rng(6)
    vectors = unit(rng.standard_normal((16, 40))).astype(np.float32)

    found = discriminant.fit(vectors, [[str(place % 2)] for place in range(16)])

    assert found.matrix.shape == (40, 40)
    assert np.linalg.matrix_rank(found.matrix) == 40


def test_the_same_works_give_the_same_numbers():
    first, second = (discriminant.fit(*painted(90, seed=7)) for _ in range(2))

    assert np.array_equal(first.matrix, second.matrix)
    assert np.array_equal(first.mean, second.mean)


def test_works_without_a_class_and_with_two_classes_are_accepted():
    vectors, labels = painted(90, seed=8)
    labels[0], labels[1] = [], ["class 1", "class 2"]
    labels[2] = ["a class of its own"]

    found = discriminant.fit(vectors, labels)

    assert np.isfinite(found.matrix).all()
    assert np.allclose(np.linalg.norm(found.apply(vectors), axis=1), 1, atol=1e-6)


def test_pairs_named_by_curators_come_closer_or_move_apart():
    vectors, labels = painted(60, seed=9)
    plain = discriminant.fit(vectors, labels).apply(vectors)

    closer = discriminant.fit(vectors, labels, [(0, 4, True)] * 20).apply(vectors)
    apart = discriminant.fit(vectors, labels, [(0, 3, False)] * 20).apply(vectors)

    assert cosine(closer, 0, 4) > cosine(plain, 0, 4)
    assert cosine(apart, 0, 3) < cosine(plain, 0, 3)


@pytest.mark.parametrize("labels", [[[]] * 12, [["a"]] * 12, [["a"]] * 8 + [["b"]] * 4, [[str(n)] for n in range(12)]])
def test_too_few_classes_or_works_are_refused_in_a_sentence(labels: list[list[str]]):
    vectors, _ = painted(12, seed=10)

    with pytest.raises(DiscriminantError, match="At least 2 classes with 5 works or more are needed to learn from;"):
        discriminant.fit(vectors, labels)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(bad: float):
    vectors, labels = painted(30, seed=11)
    vectors[3, 3] = bad

    with pytest.raises(DiscriminantError, match="not finite"):
        discriminant.fit(vectors, labels)
