"""Supervised projection: bring works closer that belong together by the museum's records and by its curators.

Linear discriminant analysis (Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7,
1936) with the within-class scatter W shrunk towards a multiple of the identity (Friedman, Regularized discriminant
analysis, Journal of the American Statistical Association 84, 1989). The discriminant axes M alone know nothing but the
classes that they were fitted on, so they are blended with the vectors as they are: the dot product of two results is
that of the metric (1 - blend) * I + blend * M M' / t, where t makes both parts vary alike. scikit-learn's
LinearDiscriminantAnalysis finds the same directions; it takes neither pairs, nor works of several classes or of none.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Labels = Sequence[Sequence[str]]  # of each work none, one or several
Pairs = Sequence[tuple[int, int, bool]]  # two rows, and whether the works belong together

SHRINKAGE, BLEND = 0.5, 0.5  # measured, see the decision on supervised spaces
LEAST_CLASSES = 2
LEAST_WORKS = 5  # of each of these classes
# Of a pair, in works; measured. Works that lie near each other and do not belong together pull much harder.
LIKE_WEIGHT, UNLIKE_WEIGHT = 5.0, 0.2
ROUNDING = 1e-9  # share of the greatest value; what is below it is rounding


class DiscriminantError(ValueError):
    """A supervised projection that can't be fitted; the text is one sentence, fit to show."""


def fit(
    vectors: Floats,
    labels: Labels,
    pairs: Pairs = (),
) -> "Discriminant":
    """Fit on (N, D) float32 rows of length 1 and the classes of each; a work without any counts for the mean alone.

    The result has D dimensions at most. The same arguments give the same numbers. Raises DiscriminantError.
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
    """The rows of each class of two works or more, by the class's name."""
    found: dict[str, list[int]] = defaultdict(list)
    for row, names in enumerate(labels):
        for name in dict.fromkeys(names):
            found[name].append(row)
    return {name: found[name] for name in sorted(found) if len(found[name]) > 1}


def check(vectors: Floats, members: Mapping[str, Sequence[int]]) -> None:
    """Raise DiscriminantError for what can't be fitted on."""
    if not np.isfinite(vectors).all():
        raise DiscriminantError("Among the vectors to fit on are some whose numbers are not finite.")
    large = sum(len(rows) >= LEAST_WORKS for rows in members.values())
    if large < LEAST_CLASSES:
        there = "none has" if not large else "only 1 has"
        needed = f"At least {LEAST_CLASSES} classes with {LEAST_WORKS} works or more are needed to learn from"
        raise DiscriminantError(f"{needed}; {there} as many.")


def within(rows: Doubles, members: Mapping[str, Sequence[int]], pairs: Pairs) -> Doubles:
    """(N, D) -> (D, D): scatter around the middle of each class, and between works that belong together; a mean."""
    parts = [rows[places] - rows[places].mean(axis=0) for places in members.values()]
    apart = np.concatenate([*parts, differences(rows, pairs, is_like=True)])
    return np.asarray(apart.T @ apart / len(apart))


def between(rows: Doubles, members: Mapping[str, Sequence[int]], pairs: Pairs) -> Doubles:
    """(N, D) rows around 0 -> (C, D), the root of the scatter of the classes' middles and of works that differ."""
    middles = [np.sqrt(len(places)) * rows[places].mean(axis=0) for places in members.values()]
    return np.concatenate([np.array(middles), differences(rows, pairs, is_like=False)])


def differences(rows: Doubles, pairs: Pairs, *, is_like: bool) -> Doubles:
    """(P, D): half the scatter of each pair on either side of its middle."""
    chosen = np.array([(i, j) for i, j, like in pairs if like == is_like], np.intp).reshape(-1, 2)
    weight = LIKE_WEIGHT if is_like else UNLIKE_WEIGHT
    return np.asarray((rows[chosen[:, 0]] - rows[chosen[:, 1]]) * np.sqrt(weight / 2))


def shrunk(scatter: Doubles) -> Doubles:
    """(D, D) -> (D, D), drawn towards the ball of the same trace."""
    ball = np.trace(scatter) / len(scatter)
    return np.asarray((1 - SHRINKAGE) * scatter + SHRINKAGE * ball * np.eye(len(scatter)))


def discriminant_axes(scatter: Doubles, root: Doubles) -> Doubles:
    """(D, D) within and (C, D) root of between -> (D, K), the axes by falling ratio of between to within: the
    generalised eigenvectors, by whitening and a singular value decomposition. Each counts by the root of its ratio, so
    that the many weak axes of single pairs do not drown those of the classes."""
    variances, axes = np.linalg.eigh(scatter)
    whitening = axes / np.sqrt(np.maximum(variances, ROUNDING * variances[-1]))
    _, ratios, turned = np.linalg.svd(root @ whitening, full_matrices=False)
    known = ratios > np.sqrt(ROUNDING) * ratios[0]
    return np.asarray(whitening @ turned[known].T * np.sqrt(ratios[known] / ratios[0]))


def blended(total: Doubles, axes: Doubles) -> Doubles:
    """(D, D) scatter of all works and (D, K) axes -> (D, D), the root of the blended metric."""
    scale = np.trace(axes.T @ total @ axes) / np.trace(total)
    metric = (1 - BLEND) * np.eye(len(axes)) + BLEND / scale * axes @ axes.T
    strengths, directions = np.linalg.eigh(metric)
    return np.asarray((directions * np.sqrt(np.maximum(strengths, 0))) @ directions.T)


def principal(total: Doubles, matrix: Doubles) -> Doubles:
    """(D, D) -> (D, K): the same turned to its principal axes for works of this scatter, the strongest kept. Turning
    changes no dot product. Of an axis the greatest number is made positive; else the sign would be by chance."""
    strengths, directions = (part[..., ::-1] for part in np.linalg.eigh(matrix.T @ total @ matrix))
    kept = int((strengths > ROUNDING * strengths[0]).sum())
    turned = matrix @ directions[:, :kept]
    return np.asarray(turned * np.sign(turned[np.abs(turned).argmax(axis=0), np.arange(kept)]))


@dataclass(frozen=True, eq=False)
class Discriminant:
    """(vectors - mean) @ matrix, to length 1."""

    mean: Floats  # (D,)
    matrix: Floats  # (D, K)

    def apply(self, vectors: Floats) -> Floats:
        """(N, D) -> (N, K) float32, rows of length 1; a row of zeros for what lies at the mean itself."""
        moved = (vectors.astype(np.float32, copy=False) - self.mean) @ self.matrix
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / np.where(lengths > 0, lengths, 1), np.float32)
