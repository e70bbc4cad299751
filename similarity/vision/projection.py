"""Raw vectors -> the vectors that are stored: centred, turned to fewer numbers, whitened, and of length 1. No torch."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

Kind = Literal["whitened", "drawn"]

KINDS: tuple[Kind, ...] = ("whitened", "drawn")
LEAST_PICTURES = 2
# Raw vectors have length 1. Nearer to the mean than this, a direction is rounding: between pictures (root mean square)
# and for one picture alone.
LEAST_SPREAD = 1e-4
LEAST_DISTANCE = 1e-6
LEAST_VARIANCE_SHARE = 1e-9  # of the greatest variance; axes below it are rounding, too


class ProjectionError(ValueError):
    """A projection that can't be fitted or read; the text is fit to show."""


def fit(raw: NDArray[np.float32], dimensions: int, shrinkage: float = 0.1) -> "Projection":
    """Whitening by principal components of (N, R) rows of length 1; `dimensions` at most, fewer where N, R or the
    rank of the rows is less. `shrinkage`, times the mean of the kept variances, is added to each of them, so that
    axes which a small collection hardly knows are not blown up.

    H. Jegou, O. Chum, Negative evidences and co-occurrences in image retrieval, ECCV 2012. Raises ProjectionError.
    """
    _check(raw)
    mean = raw.mean(axis=0, dtype=np.float64)
    variances, axes = _components(raw - mean, dimensions)
    matrix = axes / np.sqrt(variances + shrinkage * variances.mean())
    matrix *= np.sign(matrix[np.abs(matrix).argmax(axis=0), np.arange(matrix.shape[1])])  # else the sign is by chance
    return Projection(mean.astype(np.float32), matrix.astype(np.float32), "whitened")


def drawn(raw_dimensions: int, dimensions: int, seed: int = 0) -> "Projection":
    """Axes drawn by chance, which keep distances roughly (Johnson & Lindenstrauss 1984): nothing to be fitted."""
    draw = np.random.default_rng(seed).standard_normal((raw_dimensions, dimensions), dtype=np.float32)
    return Projection(np.zeros(raw_dimensions, np.float32), draw / np.float32(np.sqrt(dimensions)), "drawn")


def kind_of(label: str) -> str:
    """whitened-256:0123456789ab -> whitened; empty where vectors are as they are."""
    return label.partition("-")[0]


def _check(raw: NDArray[np.float32]) -> None:
    if raw.ndim != 2 or len(raw) < LEAST_PICTURES:
        raise ProjectionError("A projection is fitted on two pictures or more.")
    if not np.isfinite(raw).all():
        raise ProjectionError("Among the vectors to fit a projection on are some whose numbers are not finite.")


def _components(centred: NDArray[np.float64], most: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(N, R) rows around 0 -> variances (D,), greatest first, and axes (R, D) of length 1."""
    count, raw_dimensions = centred.shape
    if np.sqrt(np.square(centred).sum() / count) < LEAST_SPREAD:
        raise ProjectionError("All pictures look exactly the same to the network, so nothing tells them apart.")
    few = count < raw_dimensions  # then N x N products hold the same variances as R x R would, and are much smaller
    products = (centred @ centred.T if few else centred.T @ centred) / (count - 1)
    variances, vectors = (part[..., ::-1] for part in np.linalg.eigh(products))
    rank = int((variances > LEAST_VARIANCE_SHARE * variances[0]).sum())
    kept = max(1, min(most, count - 1, raw_dimensions, rank))
    variances, vectors = variances[:kept], vectors[:, :kept]
    return variances, centred.T @ vectors / np.sqrt(variances * (count - 1)) if few else vectors


@dataclass(frozen=True, eq=False)
class Projection:
    """(raw - mean) @ matrix, to length 1."""

    mean: NDArray[np.float32]  # (R,)
    matrix: NDArray[np.float32]  # (R, D)
    kind: Kind

    @property
    def dimensions(self) -> int:
        return int(self.matrix.shape[1])

    @cached_property
    def label(self) -> str:
        """Equal labels give equal vectors."""
        sha = hashlib.sha256(self.kind.encode())
        for part in (self.mean, self.matrix):
            sha.update(np.ascontiguousarray(part, "<f4").tobytes())
        return f"{self.kind}-{self.dimensions}:{sha.hexdigest()[:12]}"

    def apply(self, raw: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, R) -> (N, D) float32, rows of length 1; a row of zeros for what lies at the mean itself."""
        centred = raw.astype(np.float32, copy=False) - self.mean
        vectors = centred @ self.matrix
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        is_known = (lengths > 0) & (np.linalg.norm(centred, axis=1, keepdims=True) > LEAST_DISTANCE)
        return np.asarray(np.where(is_known, vectors / np.where(is_known, lengths, 1), 0), dtype=np.float32)

    def pack(self) -> bytes:
        """As numpy's npz, which holds arrays alone."""
        file = io.BytesIO()
        np.savez(file, allow_pickle=False, kind=np.array(self.kind), mean=self.mean, matrix=self.matrix)
        return file.getvalue()

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """What `pack` gave. Raises ProjectionError for anything else; code in it is never run."""
        try:
            with np.load(io.BytesIO(packed), allow_pickle=False) as parts:
                kind, mean, matrix = (np.asarray(parts[name]) for name in ("kind", "mean", "matrix"))
        except (zipfile.BadZipFile, OSError, ValueError, KeyError, EOFError, TypeError, AttributeError):
            raise ProjectionError("The stored projection is damaged.") from None
        _check_parts(kind, mean, matrix)
        return cls(mean, matrix, str(kind))  # type: ignore[arg-type]


def _check_parts(kind: NDArray[Any], mean: NDArray[Any], matrix: NDArray[Any]) -> None:
    is_sound = (
        str(kind) in KINDS
        and mean.dtype == matrix.dtype == np.float32
        and matrix.ndim == 2
        and mean.shape == matrix.shape[:1]
        and bool(np.isfinite(mean).all() and np.isfinite(matrix).all())
    )
    if not is_sound:
        raise ProjectionError("The stored projection is damaged.")
