"""Projections give whitened vectors of length 1, are deterministic, and refuse bad input in a sentence."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray

from similarity.vision.descriptors import projection
from similarity.vision.descriptors.projection import Block, Linear, Projection, ProjectionError
from tests import cpu_time
from tests.similarity.vision.raw_rows import rows


def whitening(fitted: Projection) -> Linear:
    """The only linear map of a whitening."""
    (block,) = fitted.blocks
    return block.linear


def plain(mean: NDArray[np.float32], matrix: NDArray[np.float32], kind: str = "whitened") -> Projection:
    return Projection((Block(Linear(mean, matrix)),), (), kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "raw_dimensions"), [(40, 300), (300, 40)])
def test_projected_pictures_are_unit_vectors_without_common_direction(count: int, raw_dimensions: int) -> None:
    raw = rows(count, raw_dimensions)

    vectors = projection.whiten(raw, 16).apply(raw)

    assert vectors.shape == (count, 16)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.abs(vectors.mean(axis=0)).max() < 0.15
    assert (raw @ raw.T).mean() > 0.8


def test_without_shrinkage_every_axis_has_the_same_variance() -> None:
    raw = rows(300, 40)

    turned = whitening(projection.whiten(raw, 12, shrinkage=0)).apply(raw)

    assert np.cov(turned.T) == pytest.approx(np.eye(12), abs=1e-2)


def test_shrinkage_keeps_weak_axes_weak() -> None:
    raw = rows(300, 40)

    variances = whitening(projection.whiten(raw, 12, shrinkage=0.5)).apply(raw).var(axis=0)

    assert (np.diff(variances) < 0).all()
    assert variances[-1] < variances[0] / 3


def test_few_pictures_and_many_numbers_give_what_the_long_way_gives() -> None:
    raw = rows(30, 50)

    short = projection.whiten(raw, 8)
    covariance = np.cov(raw.astype(np.float64).T)
    variances, axes = np.linalg.eigh(covariance)
    variances, axes = variances[::-1][:8], axes[:, ::-1][:, :8]
    long = (raw - raw.mean(axis=0)) @ (axes / np.sqrt(variances + 0.1 * variances.mean()))

    assert np.abs(short.apply(raw)) == pytest.approx(
        np.abs(long / np.linalg.norm(long, axis=1, keepdims=True)), abs=1e-3
    )


@pytest.mark.parametrize(
    ("count", "raw_dimensions", "rank", "expected"), [(2, 60, 60, 1), (9, 60, 60, 8), (90, 20, 20, 20), (90, 200, 5, 6)]
)
def test_there_are_never_more_dimensions_than_the_pictures_span(
    count: int, raw_dimensions: int, rank: int, expected: int
) -> None:
    raw = rows(count, raw_dimensions, rank).astype(np.float64)

    fitted = projection.whiten(raw.astype(np.float32), 256)

    assert fitted.dimensions <= expected
    assert np.isfinite(whitening(fitted).matrix).all()


def test_the_same_pictures_give_the_same_projection() -> None:
    raw = rows(50, 80)

    one, same = projection.whiten(raw, 16), projection.whiten(raw.copy(), 16)
    other = projection.whiten(rows(50, 80, seed=2), 16)

    assert one.label == same.label
    assert one.label != other.label
    assert one.label.startswith("whitened-16:")
    assert len(one.label.split(":")[1]) == 12


def test_copies_among_the_pictures_do_no_harm() -> None:
    raw = np.concatenate([rows(20, 100), np.repeat(rows(1, 100, seed=4), 60, axis=0)])

    vectors = projection.whiten(raw, 64).apply(raw)

    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert (vectors[20:] @ vectors[20:].T).min() > 0.999


def test_a_row_at_the_mean_becomes_zeros_without_a_warning() -> None:
    fitted = projection.whiten(rows(20, 30), 8)

    (vector,) = fitted.apply(whitening(fitted).mean[None])

    assert not vector.any()


def test_no_rows_give_no_vectors() -> None:
    assert projection.whiten(rows(20, 30), 8).apply(np.empty((0, 30), np.float32)).shape == (0, 8)


def test_rows_of_another_length_are_refused_in_a_sentence() -> None:
    fitted = projection.whiten(rows(20, 30), 8)

    with pytest.raises(ProjectionError, match="A raw vector has 31 numbers instead of 30"):
        fitted.apply(rows(5, 31))


def broken(kind: str) -> NDArray[np.float32]:
    raw = rows(10, 20)
    raw[3, 4] = {"nan": np.nan, "inf": np.inf}[kind]
    return raw


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (rows(1, 20), "two pictures"),
        (np.empty((0, 20), np.float32), "two pictures"),
        (broken("nan"), "not finite"),
        (broken("inf"), "not finite"),
        (np.repeat(rows(1, 20), 30, axis=0), "the same vector"),
    ],
)
def test_rows_that_nothing_can_be_fitted_on_are_refused_in_a_sentence(raw: NDArray[np.float32], sentence: str) -> None:
    with pytest.raises(ProjectionError, match=sentence):
        projection.whiten(raw, 8)
    with pytest.raises(ProjectionError, match=sentence):
        projection.root_pca(raw, [12, 8], 8)


def test_a_packed_projection_comes_back_as_it_was() -> None:
    made = projection.whiten(rows(30, 50), 8)

    back = Projection.unpack(made.pack())

    assert back.label == made.label
    assert np.array_equal(back.apply(rows(5, 50)), made.apply(rows(5, 50)))


@pytest.mark.parametrize("kind", ["whitened", "drawn"])
def test_a_projection_packed_by_an_earlier_release_is_read(kind: str) -> None:
    mean, matrix = rows(1, 50)[0], rows(50, 8, seed=3)
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, kind=np.array(kind), mean=mean, matrix=matrix)

    fitted = Projection.unpack(packed.getvalue())

    raw = rows(5, 50, seed=2)
    expected = (raw - mean) @ matrix
    assert fitted.apply(raw) == pytest.approx(expected / np.linalg.norm(expected, axis=1, keepdims=True), abs=1e-5)
    assert fitted.label.startswith(f"{kind}-8:")


def test_a_damaged_projection_is_refused() -> None:
    packed = projection.whiten(rows(30, 50), 8).pack()
    flipped = bytearray(packed)
    flipped[len(packed) // 2] ^= 0xFF
    mismatched = plain(np.zeros(7, np.float32), np.zeros((8, 2), np.float32)).pack()
    unknown = plain(np.zeros(8, np.float32), np.zeros((8, 2), np.float32), "other").pack()
    endless = plain(np.zeros(8, np.float32), np.full((8, 2), np.inf, np.float32)).pack()

    for damaged in (b"", b"noise", packed[: len(packed) // 2], bytes(flipped), mismatched, unknown, endless):
        with pytest.raises(ProjectionError, match="damaged"):
            Projection.unpack(damaged)


def test_a_label_has_the_kind_of_its_projection() -> None:
    assert projection.kind_of(projection.whiten(rows(30, 50), 8).label) == "whitened"
    assert projection.kind_of("root-pca-512:0123456789ab") == "root-pca"
    assert projection.kind_of("") == ""


def test_a_thousand_pictures_of_8192_numbers_take_seconds() -> None:
    raw = np.random.default_rng(5).random((1200, 8192), dtype=np.float32)
    raw /= np.linalg.norm(raw, axis=1, keepdims=True)

    assert cpu_time.of(projection.whiten, raw, 256) < 30
