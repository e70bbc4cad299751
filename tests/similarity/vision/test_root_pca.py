"""Root PCA: blocks are square-rooted, rotated to their principal axes and concatenated."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray

from similarity.vision.descriptors import projection
from similarity.vision.descriptors.projection import Projection, ProjectionError
from tests.similarity.vision.raw_rows import rows

LENGTHS = [40, 24]


def joined(count: int, seed: int = 1) -> NDArray[np.float32]:
    """(N, 64) rows of length 1 that consist of two blocks with LENGTHS."""
    return np.concatenate([rows(count, length, seed=seed + length) for length in LENGTHS], axis=1) / np.float32(2**0.5)


def lengths_of_blocks(fitted: Projection, raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 2): how long each block is in the vectors."""
    first = fitted.blocks[0].linear.matrix.shape[1]
    return np.stack([np.linalg.norm(part, axis=1) for part in np.split(fitted.apply(raw), [first], axis=1)], axis=1)


def test_vectors_have_length_1_and_as_many_dimensions_as_asked_for() -> None:
    raw = joined(200)

    fitted = projection.root_pca(raw, LENGTHS, 30)

    assert fitted.dimensions == 30
    assert fitted.lengths == LENGTHS
    assert fitted.apply(raw).shape == (200, 30)
    assert np.linalg.norm(fitted.apply(raw), axis=1) == pytest.approx(1, abs=1e-5)
    assert fitted.label.startswith("root-pca-30:")


def test_one_block_gives_what_the_formula_gives() -> None:
    raw = np.abs(rows(200, 40))
    rooted = np.sqrt(raw.astype(np.float64))
    rooted /= np.linalg.norm(rooted, axis=1, keepdims=True)
    variances, axes = np.linalg.eigh(np.cov(rooted.T))
    variances, axes = variances[::-1][:12], axes[:, ::-1][:, :12]
    expected = (rooted - rooted.mean(axis=0)) @ axes * (variances / variances[0]) ** -0.1
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)

    vectors = projection.root_pca(raw, [40], 12).apply(raw)

    assert np.abs(vectors) == pytest.approx(np.abs(expected), abs=1e-3)


def test_negative_numbers_keep_their_sign_under_the_root() -> None:
    assert projection.rooted(np.array([[-4.0, 9.0, 0.0]], np.float32)) == pytest.approx(
        np.array([[-2, 3, 0]]) / 13**0.5, abs=1e-6
    )


def test_strong_axes_stay_stronger_than_weak_ones() -> None:
    raw = rows(300, 40)

    variances = projection.root_pca(raw, [40], 12).blocks[0].linear.apply(projection.rooted(raw)).var(axis=0)
    plain = np.linalg.eigvalsh(np.cov(projection.rooted(raw).T))[::-1][:12]

    assert (np.diff(variances) < 0).all()
    assert variances / variances[0] == pytest.approx((plain / plain[0]) ** 0.8, rel=1e-2)


def test_every_block_has_the_same_share() -> None:
    raw = joined(200)

    shares = lengths_of_blocks(projection.root_pca(raw, LENGTHS, 64), raw)

    assert shares == pytest.approx(np.full_like(shares, 0.5**0.5), abs=1e-5)


def test_a_stored_projection_with_unequal_weights_is_refused() -> None:
    with np.load(BytesIO(projection.root_pca(joined(60), LENGTHS, 64).pack())) as file:
        arrays = dict(file)
    changed = BytesIO()
    np.savez(changed, allow_pickle=False, **{**arrays, "weights": np.array([1.0, 0.5], np.float32)})

    with pytest.raises(ProjectionError, match="damaged"):
        Projection.unpack(changed.getvalue())


def test_a_last_step_reduces_blocks_that_are_too_long_together() -> None:
    raw = joined(200)

    whole, reduced = projection.root_pca(raw, LENGTHS, 64), projection.root_pca(raw, LENGTHS, 40)

    assert len(whole.steps) == 0
    assert len(reduced.steps) == 1
    difference = reduced.apply(raw) @ reduced.apply(raw).T - whole.apply(raw) @ whole.apply(raw).T
    assert np.abs(difference).mean() < 0.1


def test_few_pictures_give_no_more_dimensions_than_they_span() -> None:
    raw = joined(9)

    fitted = projection.root_pca(raw, LENGTHS, 512)

    assert fitted.dimensions <= 2 * 8
    assert np.isfinite(fitted.apply(joined(5, seed=9))).all()


def test_blocks_that_do_not_make_up_a_row_are_refused_in_a_sentence() -> None:
    with pytest.raises(ProjectionError, match="A raw vector has 64 numbers instead of 65"):
        projection.root_pca(joined(20), [40, 25], 8)


def test_the_same_pictures_give_the_same_label_and_others_another() -> None:
    raw = joined(60)

    labels = [
        projection.root_pca(raw, LENGTHS, 16).label,
        projection.root_pca(raw.copy(), LENGTHS, 16).label,
        projection.root_pca(raw[:-1], LENGTHS, 16).label,
    ]

    assert labels[0] == labels[1] != labels[2]


def test_a_row_of_zeros_has_a_usable_vector_without_a_warning() -> None:
    fitted = projection.root_pca(joined(60), LENGTHS, 64)

    (vector,) = fitted.apply(np.zeros((1, 64), np.float32))

    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("dimensions", [64, 30])
def test_a_packed_projection_comes_back_as_it_was(dimensions: int) -> None:
    made = projection.root_pca(joined(100), LENGTHS, dimensions)

    back = Projection.unpack(made.pack())

    assert back.label == made.label
    assert np.array_equal(back.apply(joined(5, seed=7)), made.apply(joined(5, seed=7)))


def test_matrices_packed_in_16_bits_give_nearly_the_same_vectors_and_a_lasting_label() -> None:
    made = projection.root_pca(joined(100), LENGTHS, 30)

    halved = Projection.unpack(made.pack(np.float16))

    later = joined(20, seed=7)
    assert (halved.apply(later) * made.apply(later)).sum(axis=1).min() > 0.9999
    assert len(made.pack(np.float16)) < 0.7 * len(made.pack())
    assert halved.label != made.label
    assert Projection.unpack(halved.pack()).label == halved.label
    assert Projection.unpack(halved.pack(np.float16)).label == halved.label


def test_a_supervised_map_follows_the_plain_projection() -> None:
    raw = joined(100)
    plain = projection.root_pca(raw, LENGTHS, 30)
    mean, matrix = plain.apply(raw).mean(axis=0), np.eye(30, 5, dtype=np.float32)

    fitted = projection.supervised(plain, mean, matrix)

    expected = (plain.apply(raw) - mean)[:, :5]
    assert fitted.apply(raw) == pytest.approx(expected / np.linalg.norm(expected, axis=1, keepdims=True), abs=1e-5)
    assert fitted.label.startswith("supervised-5:")
    assert Projection.unpack(fitted.pack()).label == fitted.label
