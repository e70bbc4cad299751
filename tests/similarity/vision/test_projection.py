"""Projections: whitened vectors of length 1, the same for the same pictures, and refusals fit to show."""

import numpy as np
import pytest
from numpy.typing import NDArray

from similarity.vision import projection
from similarity.vision.projection import Projection, ProjectionError
from tests import cpu_time


def rows(count: int, dimensions: int, rank: int = 10_000, seed: int = 1) -> NDArray[np.float32]:
    """(N, R) rows of length 1, positive and alike, with a few strong directions, as networks give them."""
    rng = np.random.default_rng(seed)
    rank = min(rank, count, dimensions)
    weights = rng.standard_normal((count, rank)) / np.arange(1, rank + 1)
    raw = 3 + weights @ rng.standard_normal((rank, dimensions))
    return (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize(("count", "raw_dimensions"), [(40, 300), (300, 40)])
def test_projected_pictures_are_unit_vectors_without_common_direction(count: int, raw_dimensions: int) -> None:
    raw = rows(count, raw_dimensions)

    vectors = projection.fit(raw, 16).apply(raw)

    assert vectors.shape == (count, 16)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.abs(vectors.mean(axis=0)).max() < 0.15
    assert (raw @ raw.T).mean() > 0.8


def test_without_shrinkage_every_axis_has_the_same_variance() -> None:
    raw = rows(300, 40)
    fitted = projection.fit(raw, 12, shrinkage=0)

    turned = (raw - fitted.mean) @ fitted.matrix

    assert np.cov(turned.T) == pytest.approx(np.eye(12), abs=1e-2)


def test_shrinkage_keeps_weak_axes_weak() -> None:
    raw = rows(300, 40)
    fitted = projection.fit(raw, 12, shrinkage=0.5)

    variances = ((raw - fitted.mean) @ fitted.matrix).var(axis=0)

    assert (np.diff(variances) < 0).all()
    assert variances[-1] < variances[0] / 3


def test_few_pictures_and_many_numbers_give_what_the_long_way_gives() -> None:
    raw = rows(30, 50)

    short = projection.fit(raw, 8)
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

    fitted = projection.fit(raw.astype(np.float32), 256)

    assert fitted.dimensions <= expected
    assert np.isfinite(fitted.matrix).all()


def test_the_same_pictures_give_the_same_projection() -> None:
    raw = rows(50, 80)

    one, same, other = projection.fit(raw, 16), projection.fit(raw.copy(), 16), projection.fit(rows(50, 80, seed=2), 16)

    assert one.label == same.label
    assert one.label != other.label
    assert one.label.startswith("whitened-16:")
    assert len(one.label.split(":")[1]) == 12


def test_copies_among_the_pictures_do_no_harm() -> None:
    raw = np.concatenate([rows(20, 100), np.repeat(rows(1, 100, seed=4), 60, axis=0)])

    vectors = projection.fit(raw, 64).apply(raw)

    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert (vectors[20:] @ vectors[20:].T).min() > 0.999


def test_what_lies_at_the_mean_becomes_zero_and_warns_nobody() -> None:
    fitted = projection.fit(rows(20, 30), 8)

    (vector,) = fitted.apply(fitted.mean[None])

    assert not vector.any()


def test_no_rows_give_no_vectors() -> None:
    assert projection.fit(rows(20, 30), 8).apply(np.empty((0, 30), np.float32)).shape == (0, 8)


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
        (np.repeat(rows(1, 20), 30, axis=0), "exactly the same"),
    ],
)
def test_what_nothing_can_be_fitted_on_is_refused_in_a_sentence(raw: NDArray[np.float32], sentence: str) -> None:
    with pytest.raises(ProjectionError, match=sentence):
        projection.fit(raw, 8)


def test_drawn_axes_keep_what_is_near_near() -> None:
    rng = np.random.default_rng(3)
    raw = rng.standard_normal((60, 4000)).astype(np.float32)
    raw[1::2] = raw[::2] + 0.3 * raw[1::2]
    raw /= np.linalg.norm(raw, axis=1, keepdims=True)

    axes = projection.drawn(4000, 256)
    likeness = axes.apply(raw) @ axes.apply(raw).T

    assert np.abs(likeness - raw @ raw.T).max() < 0.3
    np.fill_diagonal(likeness, -1)
    assert (likeness.argmax(axis=1) == np.arange(60) ^ 1).all()
    assert axes.label == projection.drawn(4000, 256).label
    assert axes.label.startswith("drawn-256:")


@pytest.mark.parametrize("made", [projection.fit(rows(30, 50), 8), projection.drawn(50, 8)])
def test_a_packed_projection_comes_back_as_it_was(made: Projection) -> None:
    back = Projection.unpack(made.pack())

    assert back.label == made.label
    assert np.array_equal(back.apply(rows(5, 50)), made.apply(rows(5, 50)))


def test_a_damaged_projection_is_refused() -> None:
    packed = projection.drawn(50, 8).pack()
    flipped = bytearray(packed)
    flipped[len(packed) // 2] ^= 0xFF
    mismatched = Projection(np.zeros(7, np.float32), np.zeros((8, 2), np.float32), "drawn").pack()
    unknown = Projection(np.zeros(8, np.float32), np.zeros((8, 2), np.float32), "other").pack()  # type: ignore[arg-type]

    for damaged in (b"", b"noise", packed[: len(packed) // 2], bytes(flipped), mismatched, unknown):
        with pytest.raises(ProjectionError, match="damaged"):
            Projection.unpack(damaged)


def test_two_thousand_pictures_of_8192_numbers_take_seconds() -> None:
    raw = np.random.default_rng(5).random((1200, 8192), dtype=np.float32)
    raw /= np.linalg.norm(raw, axis=1, keepdims=True)

    assert cpu_time.of(projection.fit, raw, 256) < 30
