"""Find the point of a group around which most of the group's points lie, for example as the place of its label."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEAR = 0.05  # of the map's side
SPACING = 1.5  # times the mean distance between neighbouring works, on a map with few works


def radius_for(count: int) -> float:
    """Return the distance up to which points count as near, on a map of `count` works."""
    return max(NEAR, SPACING / max(count, 1) ** 0.5)


def find(points: Floats, radius: float) -> tuple[float, float]:
    """Return that of (M, 2) points, M > 0, which has most of the others within the radius.

    Among equal ones it is the nearest to the median of all.
    """
    from scipy.spatial import KDTree

    near = KDTree(points).query_ball_point(points, radius, return_length=True)
    best = points[near == near.max()]
    x, y = best[np.square(best - np.median(points, axis=0)).sum(axis=1).argmin()].tolist()
    return x, y
