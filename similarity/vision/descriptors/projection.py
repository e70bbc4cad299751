"""Project raw vectors to the vectors that are stored: fewer dimensions, rows of length 1. Uses no torch.

A raw vector consists of one or more blocks, such as the means of two layers. Each block is centred, multiplied by a
matrix and scaled to length 1; then the blocks are concatenated. A last matrix may follow, to reduce the number of
dimensions or to bring works of one class closer together.
"""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

Kind = Literal["whitened", "root-pca", "supervised", "drawn"]  # "drawn": random axes, made by releases before 0.2
Floats = NDArray[np.float32]

KINDS: tuple[Kind, ...] = ("whitened", "root-pca", "supervised", "drawn")
LEAST_PICTURES = 2
SHRINKAGE = 0.1  # of whitening, as a multiple of the mean eigenvalue. Measured on paintings: 0.05 to 0.3 differ little
BLOCK_AXES = 256  # of each block in root PCA
POWER = -0.1  # of the eigenvalues in root PCA; 0 keeps the variances, -0.5 would whiten. Measured in decision 18.
# Raw vectors have length 1. Distances from the mean below these limits are rounding errors: LEAST_SPREAD for the root
# mean square of all pictures, LEAST_DISTANCE for one picture.
LEAST_SPREAD = 1e-4
LEAST_DISTANCE = 1e-6
LEAST_VARIANCE_SHARE = 1e-9  # share of the greatest variance, below which axes are rounding errors


class ProjectionError(ValueError):
    """The projection can't be fitted or read; the text can be shown to a person."""


def whiten(raw: Floats, dimensions: int, shrinkage: float = SHRINKAGE) -> "Projection":
    """Fit PCA whitening on (N, R) rows of length 1, so that all axes have nearly the same variance.

    There are fewer than `dimensions` axes if N, R or the rank of the rows is smaller. `shrinkage` times the mean
    variance is added to each variance, so that axes with little evidence in a small collection are not amplified.
    H. Jegou, O. Chum, Negative evidences and co-occurrences in image retrieval, ECCV 2012. Raise ProjectionError.
    """
    check(raw)
    mean, variances, axes = components(raw, dimensions)
    matrix = axes / np.sqrt(variances + shrinkage * variances.mean())
    return Projection((Block(linear(mean, matrix)),), (), "whitened")


def root_pca(raw: Floats, lengths: Sequence[int], dimensions: int) -> "Projection":
    """Fit root PCA on (N, R) rows that consist of blocks with these lengths. The result has at most `dimensions` axes.

    Each block is square-rooted (R. Arandjelovic, A. Zisserman, Three things everyone should know to improve object
    retrieval, CVPR 2012), centred, rotated to its principal axes and multiplied by their eigenvalues to the power
    POWER. A last PCA reduces concatenated blocks with more than `dimensions` numbers. Raise ProjectionError.
    """
    check(raw)
    blocks = tuple(
        Block(root_axes(rooted(part), min(BLOCK_AXES, dimensions)), is_rooted=True) for part in split(raw, lengths)
    )
    fitted = Projection(blocks, (), "root-pca")
    if fitted.dimensions <= dimensions:
        return fitted
    mean, _, axes = components(fitted.apply(raw), dimensions)
    return replace(fitted, steps=(linear(mean, axes),))


def root_axes(part: Floats, dimensions: int) -> "Linear":
    """Fit the linear map of one block (N, R_b) of square-rooted rows."""
    mean, variances, axes = components(part, dimensions)
    return linear(mean, axes * (variances / variances[0]) ** POWER)


def supervised(plain: "Projection", mean: Floats, matrix: Floats) -> "Projection":
    """Append a linear map, mean (D,) and matrix (D, K), to a projection with D dimensions."""
    return replace(plain, steps=(*plain.steps, Linear(mean, matrix)), kind="supervised")


def kind_of(label: str) -> str:
    """Return the kind of a label, such as "whitened" for whitened-256:0123456789ab; "" for no projection."""
    return label.rpartition(":")[0].rpartition("-")[0]


def check(raw: Floats) -> None:
    """Raise ProjectionError if a projection can't be fitted on these rows."""
    if raw.ndim != 2 or len(raw) < LEAST_PICTURES:
        raise ProjectionError("A projection is fitted on two pictures or more.")
    if not np.isfinite(raw).all():
        raise ProjectionError("Among the vectors to fit a projection on are some whose numbers are not finite.")


def components(rows: Floats, most: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return mean (R,), variances (D,), greatest first, and axes (R, D) of a PCA of (N, R). Raise ProjectionError."""
    mean = rows.mean(axis=0, dtype=np.float64)
    centred = rows - mean
    count, raw_dimensions = centred.shape
    if np.sqrt(np.square(centred).sum() / count) < LEAST_SPREAD:
        raise ProjectionError("The network gives all pictures the same vector, so they cannot be distinguished.")
    few = count < raw_dimensions  # then the N x N Gram matrix has the eigenvalues of the R x R scatter, in less time
    products = (centred @ centred.T if few else centred.T @ centred) / (count - 1)
    variances, vectors = (part[..., ::-1] for part in np.linalg.eigh(products))
    rank = int((variances > LEAST_VARIANCE_SHARE * variances[0]).sum())
    kept = max(1, min(most, count - 1, raw_dimensions, rank))
    variances, vectors = variances[:kept], vectors[:, :kept]
    return mean, variances, centred.T @ vectors / np.sqrt(variances * (count - 1)) if few else vectors


def linear(mean: NDArray[np.float64], matrix: NDArray[np.float64]) -> "Linear":
    """Build a linear map. Make the largest number of each axis positive, because a PCA leaves the signs arbitrary."""
    signed = matrix * np.sign(matrix[np.abs(matrix).argmax(axis=0), np.arange(matrix.shape[1])])
    return Linear(mean.astype(np.float32), signed.astype(np.float32))


def rooted(rows: Floats) -> Floats:
    """Return the signed square roots of (N, R), scaled to rows of length 1."""
    return unit(np.sign(rows) * np.sqrt(np.abs(rows)))


def unit(rows: Floats) -> Floats:
    """Scale (N, D) to rows of length 1. A row of zeros stays as it is."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def split(rows: Floats, lengths: Sequence[int]) -> list[Floats]:
    """Split (N, R) into its blocks (N, R_b). Raise ProjectionError if the lengths do not add up to R."""
    if sum(lengths) != rows.shape[1]:
        raise ProjectionError(f"A raw vector has {rows.shape[1]} numbers instead of {sum(lengths)}.")
    return np.split(rows, np.cumsum(lengths)[:-1], axis=1)


@dataclass(frozen=True, eq=False)
class Linear:
    """The linear map (rows - mean) @ matrix."""

    mean: Floats  # (R,)
    matrix: Floats  # (R, D)

    def apply(self, rows: Floats) -> Floats:
        """Map (N, R) to (N, D) float32. A row at the mean itself becomes a row of zeros."""
        centred = rows.astype(np.float32, copy=False) - self.mean
        is_known = np.linalg.norm(centred, axis=1, keepdims=True) > LEAST_DISTANCE
        return np.asarray(np.where(is_known, centred @ self.matrix, 0), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Block:
    """The linear map of one block of a raw vector, which is as long as the map's mean."""

    linear: Linear
    is_rooted: bool = False


@dataclass(frozen=True, eq=False)
class Projection:
    """Linear maps of the blocks, whose results are concatenated, then further linear maps in sequence."""

    blocks: tuple[Block, ...]
    steps: tuple[Linear, ...]
    kind: Kind

    @property
    def dimensions(self) -> int:
        if self.steps:
            return int(self.steps[-1].matrix.shape[1])
        return sum(int(block.linear.matrix.shape[1]) for block in self.blocks)

    @property
    def lengths(self) -> list[int]:
        return [len(block.linear.mean) for block in self.blocks]

    @cached_property
    def label(self) -> str:
        """Return the name of the projection: kind, dimensions and digest. Equal labels give equal vectors."""
        sha = hashlib.sha256(self.kind.encode())
        for name, array in sorted(self.arrays().items()):
            sha.update(name.encode() + np.ascontiguousarray(array, "<f4").tobytes())
        return f"{self.kind}-{self.dimensions}:{sha.hexdigest()[:12]}"

    def apply(self, raw: Floats) -> Floats:
        """Project (N, R) to (N, D) float32 rows of length 1; zeros at the mean. Raise ProjectionError for another R."""
        parts = []
        for block, part in zip(self.blocks, split(raw, self.lengths), strict=True):
            parts.append(unit(block.linear.apply(rooted(part) if block.is_rooted else part)))
        vectors = unit(np.concatenate(parts, axis=1))
        for step in self.steps:
            vectors = unit(step.apply(vectors))
        return vectors

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all arrays by name, for the file and the label."""
        maps = {f"block{n}": block.linear for n, block in enumerate(self.blocks)}
        maps |= {f"step{n}": step for n, step in enumerate(self.steps)}
        found: dict[str, NDArray[Any]] = {f"{name}.mean": one.mean for name, one in maps.items()}
        found |= {f"{name}.matrix": one.matrix for name, one in maps.items()}
        found["weights"] = np.ones(len(self.blocks), np.float32)  # always 1; the label depends on them
        found["rooted"] = np.array([block.is_rooted for block in self.blocks], np.float32)
        return found

    def pack(self, dtype: type[np.floating[Any]] = np.float32) -> bytes:
        """Return the arrays as numpy's npz."""
        file = io.BytesIO()
        arrays = {
            name: array.astype(dtype) if name.endswith("matrix") else array for name, array in self.arrays().items()
        }
        np.savez(file, allow_pickle=False, kind=np.array(self.kind), **arrays)
        return file.getvalue()

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Read what `pack` wrote; code in it is never run. Raise ProjectionError for anything else."""
        try:
            with np.load(io.BytesIO(packed), allow_pickle=False) as file:
                parts = {name: np.asarray(file[name]) for name in file.files}
            return cls.rebuild(parts)
        except (zipfile.BadZipFile, OSError, ValueError, KeyError, EOFError, TypeError, AttributeError):
            raise ProjectionError("The stored projection is damaged.") from None

    @classmethod
    def rebuild(cls, parts: dict[str, NDArray[Any]]) -> Self:
        """Build a projection from its arrays. Raise ValueError or KeyError if they are not one."""
        if "matrix" in parts:  # the format of releases before 0.2
            parts = {"block0.mean": parts["mean"], "block0.matrix": parts["matrix"], "kind": parts["kind"]}
        kind = str(parts["kind"])
        maps, steps = read_maps(parts, "block"), read_maps(parts, "step")
        weights, is_rooted = parts.get("weights", np.ones(len(maps))), parts.get("rooted", np.zeros(len(maps)))
        if kind not in KINDS or not maps or not np.array_equal(weights, np.ones(len(maps))):
            raise ValueError(kind)
        blocks = [Block(*each) for each in zip(maps, is_rooted.astype(bool).tolist(), strict=True)]
        return cls(tuple(blocks), tuple(steps), kind)


def read_maps(parts: dict[str, NDArray[Any]], prefix: str) -> list[Linear]:
    """Read the linear maps whose names start with a prefix. Raise ValueError or KeyError if one is incomplete."""
    count = sum(name.startswith(prefix) and name.endswith(".mean") for name in parts)
    return [read_map(parts, f"{prefix}{n}") for n in range(count)]


def read_map(parts: dict[str, NDArray[Any]], name: str) -> Linear:
    """Read one linear map. Raise ValueError or KeyError if its arrays do not fit together."""
    mean, matrix = parts[f"{name}.mean"], parts[f"{name}.matrix"]
    is_sound = mean.dtype == np.float32 and matrix.dtype in (np.float32, np.float16) and matrix.ndim == 2
    if not (is_sound and mean.shape == matrix.shape[:1] and np.isfinite(mean).all() and np.isfinite(matrix).all()):
        raise ValueError(name)
    return Linear(mean, matrix.astype(np.float32))
