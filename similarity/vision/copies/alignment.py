"""Lay one picture over another by local features: at any angle and size, as it is or mirrored.

SIFT features, the ratio test and a homography by MAGSAC++ (`similarity.vision.local_features`).
"""

from dataclasses import dataclass

import numpy as np

from similarity.vision.local_features import features, matching, plane
from similarity.vision.local_features.features import Features
from similarity.vision.local_features.plane import Matrix

LEAST_INLIERS = 8  # the pixels of the overlap decide whether such a fit is by chance
SURE_INLIERS = 60  # with fewer, a symmetrical picture may be mirrored after all


@dataclass(frozen=True)
class Alignment:
    """How one picture lies on another.

    homography: (3, 3), from pixels of the other picture, mirrored first if `is_mirrored`, to pixels of the first one.
    inliers: number of places at which features match and fit the homography.
    """

    homography: Matrix
    inliers: int
    is_mirrored: bool


def align(one: Features, other: Features) -> Alignment | None:
    """Return how `other` lies on `one`, or None if fewer than LEAST_INLIERS places match."""
    plain = fit(one, other, is_mirrored=False)
    if plain is not None and plain.inliers >= SURE_INLIERS:
        return plain
    found = [each for each in (plain, fit(one, features.mirrored(other), is_mirrored=True)) if each is not None]
    return max(found, key=lambda each: each.inliers, default=None)


def fit(one: Features, other: Features, *, is_mirrored: bool) -> Alignment | None:
    """Return how `other`, which was mirrored before if `is_mirrored`, lies on `one`, or None."""
    ours, theirs = matching.match(one, other)
    if len(ours) < LEAST_INLIERS:
        return None
    fitted = plane.fit(other.points[theirs], one.points[ours])
    if fitted is None:
        return None
    homography, is_inlier = fitted
    inliers = min(plane.places(other.points[theirs[is_inlier]]), plane.places(one.points[ours[is_inlier]]))
    if inliers < LEAST_INLIERS or not plane.is_plausible(homography, other.size_px, one.size_px):
        return None
    return Alignment(homography, inliers, is_mirrored)


def angle_of(alignment: Alignment, size_px: tuple[int, int]) -> float:
    """Return the angle in degrees, -180..180, by which a picture of `size_px` (width, height) is turned clockwise."""
    corners = plane.outline(alignment.homography, size_px)
    across = (corners[3] - corners[0]) + (corners[2] - corners[1])
    return float(np.degrees(np.arctan2(across[1], across[0])))
