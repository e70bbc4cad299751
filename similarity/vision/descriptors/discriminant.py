"""Fit a supervised projection that brings works of one class closer, by the museum's records and curators' pairs.

Linear discriminant analysis (R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics
1936) with the within-class scatter W shrunk towards a multiple of the identity (J. Friedman, Regularized discriminant
analysis, Journal of the American Statistical Association 1989). The discriminant axes M keep only what separates the
fitted classes. They are therefore blended with the vectors themselves: the dot product of two projected vectors is
that of the metric (1 - BLEND) * I + BLEND * M M' / t, where t gives both parts the same variance. scikit-learn's
LinearDiscriminantAnalysis finds the same axes, but it accepts neither pairs, nor works with several classes or none.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Labels = Sequence[Sequence[str]]  # the classes of each work: none, one or several
Pairs = Sequence[tuple[int, int, bool]]  # two rows, and whether the works belong together

SHRINKAGE, BLEND = 0.5, 0.5  # measured, see the decision on supervised spaces
LEAST_CLASSES = 2
LEAST_WORKS = 5  # in each of these classes
# The weight of a pair relative to a work, measured. Pairs that do not belong together but are near pull much harder.
LIKE_WEIGHT, UNLIKE_WEIGHT = 5.0, 0.2
ROUNDING = 1e-9  # share of the greatest value, below which values are rounding errors


class DiscriminantError(ValueError):
    """The projection can't be fitted. The text is one sentence that can be shown to a person."""


def fit(
    vectors: Floats,
    labels: Labels,
    pairs: Pairs = (),
) -> "Discriminant":
    """Fit on (N, D) float32 rows of length 1 and the classes of each. Works without a class only affect the mean.

    The result has at most D dimensions. It is deterministic. Raise DiscriminantError.
    """
    members = members_of(labels)
    check(vectors, members)
    mean = vectors.mean(axis=0, dtype=np.float64)
    rows = vectors - mean
    axes = discriminant_axes(shrunk(within(rows, members, pairs)), between(rows, members, pairs))
    total = rows.T @ rows / len(rows)
    matrix = principal(shrunk(total), blended(total, axes))
    return Discriminant(mean.astype(np.float32), matrix.astype(np.float32))


def members_of(labels: Labels) -> dict[str, list[int]]:
    """Return the rows of each class with two works or more, by the name of the class."""
    found: dict[str, list[int]] = defaultdict(list)
    for row, names in enumerate(labels):
        for name in dict.fromkeys(names):
            found[name].append(row)
    return {name: found[name] for name in sorted(found) if len(found[name]) > 1}


def check(vectors: Floats, members: Mapping[str, Sequence[int]]) -> None:
    """Raise DiscriminantError if the vectors or classes can't be fitted on."""
    if not np.isfinite(vectors).all():
        raise DiscriminantError("Among the vectors to fit on are some whose numbers are not finite.")
    large = sum(len(rows) >= LEAST_WORKS for rows in members.values())
    if large < LEAST_CLASSES:
        there = "none has" if not large else "only 1 has"
        needed = f"At least {LEAST_CLASSES} classes with {LEAST_WORKS} works or more are needed to learn from"
        raise DiscriminantError(f"{needed}; {there} as many.")


def within(rows: Doubles, members: Mapping[str, Sequence[int]], pairs: Pairs) -> Doubles:
    """Return the mean scatter (D, D) of rows (N, D) around their class means, and of pairs that belong together."""
    parts = [rows[places] - rows[places].mean(axis=0) for places in members.values()]
    apart = np.concatenate([*parts, differences(rows, pairs, is_like=True)])
    return np.asarray(apart.T @ apart / len(apart))


def between(rows: Doubles, members: Mapping[str, Sequence[int]], pairs: Pairs) -> Doubles:
    """Return a root (C, D) of the scatter of class means and of pairs that do not belong together. Rows are centred."""
    middles = [np.sqrt(len(places)) * rows[places].mean(axis=0) for places in members.values()]
    return np.concatenate([np.array(middles), differences(rows, pairs, is_like=False)])


def differences(rows: Doubles, pairs: Pairs, *, is_like: bool) -> Doubles:
    """Return (P, D), scaled so that their scatter is that of each pair around its middle."""
    chosen = np.array([(i, j) for i, j, like in pairs if like == is_like], np.intp).reshape(-1, 2)
    weight = LIKE_WEIGHT if is_like else UNLIKE_WEIGHT
    return np.asarray((rows[chosen[:, 0]] - rows[chosen[:, 1]]) * np.sqrt(weight / 2))


def shrunk(scatter: Doubles) -> Doubles:
    """Shrink a scatter matrix (D, D) towards the multiple of the identity with the same trace."""
    ball = np.trace(scatter) / len(scatter)
    return np.asarray((1 - SHRINKAGE) * scatter + SHRINKAGE * ball * np.eye(len(scatter)))


def discriminant_axes(scatter: Doubles, root: Doubles) -> Doubles:
    """Return the axes (D, K) by falling ratio of the scatter between classes (root (C, D)) to that within them (D, D).

    These are the generalised eigenvectors, computed by whitening and a singular value decomposition. Each is scaled by
    the root of its ratio, so that the many weak axes of single pairs do not outweigh those of the classes.
    """
    variances, axes = np.linalg.eigh(scatter)
    whitening = axes / np.sqrt(np.maximum(variances, ROUNDING * variances[-1]))
    _, ratios, turned = np.linalg.svd(root @ whitening, full_matrices=False)
    known = ratios > np.sqrt(ROUNDING) * ratios[0]
    return np.asarray(whitening @ turned[known].T * np.sqrt(ratios[known] / ratios[0]))


def blended(total: Doubles, axes: Doubles) -> Doubles:
    """Return the root (D, D) of the blended metric, from the scatter of all works (D, D) and the axes (D, K)."""
    scale = np.trace(axes.T @ total @ axes) / np.trace(total)
    metric = (1 - BLEND) * np.eye(len(axes)) + BLEND / scale * axes @ axes.T
    strengths, directions = np.linalg.eigh(metric)
    return np.asarray((directions * np.sqrt(np.maximum(strengths, 0))) @ directions.T)


def principal(total: Doubles, matrix: Doubles) -> Doubles:
    """Rotate a projection (D, D) to its principal axes (D, K) for works with this scatter, the strongest first.

    A rotation changes no dot product. The largest number of each axis is made positive, to fix its arbitrary sign.
    """
    strengths, directions = (part[..., ::-1] for part in np.linalg.eigh(matrix.T @ total @ matrix))
    kept = int((strengths > ROUNDING * strengths[0]).sum())
    turned = matrix @ directions[:, :kept]
    return np.asarray(turned * np.sign(turned[np.abs(turned).argmax(axis=0), np.arange(kept)]))


@dataclass(frozen=True, eq=False)
class Discriminant:
    """The linear map (vectors - mean) @ matrix, with results scaled to length 1."""

    mean: Floats  # (D,)
    matrix: Floats  # (D, K)

    def apply(self, vectors: Floats) -> Floats:
        """Project (N, D) to (N, K) float32 rows of length 1. A vector at the mean itself becomes a row of zeros."""
        moved = (vectors.astype(np.float32, copy=False) - self.mean) @ self.matrix
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / np.where(lengths > 0, lengths, 1), np.float32)
