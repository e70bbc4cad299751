"""Match the clusters of two versions by the rows that they share."""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

LEAST_SHARED = 0.3  # of the rows that are in either cluster (Jaccard index)


def matched(new: Rows, old: Rows) -> dict[int, int]:
    """Return for clusters of the new version the cluster of the old one that is the same, one to one.

    new, old: the cluster of each row in both versions, -1 for none. The assignment has the greatest sum of the
    Jaccard indices that are at least LEAST_SHARED.
    """
    from scipy.optimize import linear_sum_assignment

    if not len(new) or new.max() < 0 or old.max() < 0:
        return {}
    indices = jaccard(new, old)
    indices[indices < LEAST_SHARED] = 0.0
    pairs = zip(*linear_sum_assignment(indices, maximize=True), strict=True)
    return {int(one): int(other) for one, other in pairs if indices[one, other] > 0.0}


def jaccard(new: Rows, old: Rows) -> NDArray[np.float64]:
    """Return the (K, L) Jaccard indices of the clusters of both versions."""
    shared = np.zeros((int(new.max()) + 1, int(old.max()) + 1))
    both = (new >= 0) & (old >= 0)
    np.add.at(shared, (new[both], old[both]), 1)
    sizes = np.bincount(new[new >= 0], minlength=len(shared))
    old_sizes = np.bincount(old[old >= 0], minlength=shared.shape[1])
    return shared / np.maximum(sizes[:, None] + old_sizes - shared, 1)
