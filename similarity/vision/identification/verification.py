"""Verify that a photograph shows a picture: matched local features that fit one homography, and pixels that agree.

This is the usual geometric verification (J. Philbin et al., Object Retrieval with Large Vocabularies and Fast Spatial
Matching, CVPR 2007).

The limits were chosen on the even-numbered photographs of retrieval-2019 and checked on the odd-numbered ones, against
pictures of 480 px: the works that the photographs show, and the pictures whose descriptors are nearest to them.

| photographs | works shown | verified | other pictures | verified | their most inliers |
| --- | --- | --- | --- | --- | --- |
| even, to choose | 131 | 129 | 1,066 | 0 | 5 |
| odd, to check | 135 | 135 | 1,349 | 0 | 6 |
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from similarity.vision.local_features import agreement, matching, plane
from similarity.vision.local_features.features import Features
from similarity.vision.local_features.plane import Matrix

Floats = NDArray[np.float32]

LEAST_INLIERS = 8  # works shown have 9 or more
# -1..1; works shown have 0.41 or more. Of 715 random pairs of a photograph and a picture, 7 had a plausible homography,
# with agreements up to 0.08.
LEAST_AGREEMENT = 0.25
LEAST_SPREAD = 0.045  # 0..0.29, see `spread_of`; works shown have 0.067 or more, a line of text about 0.03


@dataclass(frozen=True)
class Verification:
    """The result for one picture.

    inliers: number of places that match. agreement: -1..1, see `agreement.measure`. spread: see `spread_of`. score: 0
    or more; of two verified pictures, that with the greater score is the better answer. outline: (4, 2) float32, the
    picture's north-west, south-west, south-east and north-east corner in 0..1 of the photograph's width and height, or
    beyond if a corner is outside; None if the picture is not in the photograph.
    """

    inliers: int
    agreement: float
    spread: float
    is_same: bool
    outline: Floats | None

    @property
    def score(self) -> float:
        return self.inliers * max(0.0, self.agreement)


NOTHING = Verification(0, 0.0, 0.0, is_same=False, outline=None)


def verify(photograph: Features, picture: Features) -> Verification:
    """Search for the picture anywhere in the photograph, at any angle and size. A mirrored picture is not the same."""
    ours, theirs = matching.match(photograph, picture)
    if len(ours) < LEAST_INLIERS:
        return NOTHING
    fitted = plane.fit(picture.points[theirs], photograph.points[ours])
    if fitted is None:
        return NOTHING
    homography, is_inlier = fitted
    on_picture = picture.points[theirs[is_inlier]]
    inliers = min(plane.places(on_picture), plane.places(photograph.points[ours[is_inlier]]))
    if inliers < LEAST_INLIERS or not plane.is_plausible(homography, picture.size_px, photograph.size_px):
        return Verification(inliers, 0.0, 0.0, is_same=False, outline=None)
    spread = spread_of(on_picture, homography, picture.size_px, photograph.size_px)
    agrees = agreement.measure(photograph.grey, picture.grey, homography)
    if spread < LEAST_SPREAD or agrees < LEAST_AGREEMENT:
        return Verification(inliers, agrees, spread, is_same=False, outline=None)
    outline = plane.outline(homography, picture.size_px) / photograph.size_px
    return Verification(inliers, agrees, spread, is_same=True, outline=outline.astype(np.float32))


def spread_of(points: Floats, homography: Matrix, size_px: tuple[int, int], photograph_px: tuple[int, int]) -> float:
    """Return the standard deviation of inliers (N, 2) along their narrowest axis, as a share of the visible side.

    Points all over the picture have 0.29, a line of text 0.03.
    """
    corners = plane.outline(homography, size_px)
    visible = plane.shared_area(corners, plane.rectangle(photograph_px)) / max(plane.area(corners), 1.0)
    least = np.linalg.eigvalsh(np.cov((points / size_px).T))[0]
    return float(np.sqrt(max(least, 0.0) / max(visible, 1e-3)))
