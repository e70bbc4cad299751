"""Find the rows of ids in an ascending column of ids."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

MISSING = -1


def find(ids: NDArray[np.int64], wanted: ArrayLike) -> NDArray[np.int64]:
    """Return the row of each wanted id among the (N,) ascending ids, MISSING for others. Any shape is kept."""
    if not len(ids):
        return np.full(np.shape(wanted), MISSING, np.int64)
    rows = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[rows] == wanted, rows, MISSING)
