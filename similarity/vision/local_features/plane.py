"""Fit homographies of flat pictures in a photograph, and check that they are plausible."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Matrix = NDArray[np.float64]
Polygon = NDArray[np.float32] | NDArray[np.float64]

# Greatest distance of an inlier from its mapped point, in pixels of the photograph (at most 768 px wide). MAGSAC
# weights smaller distances itself, so results depend little on it.
INLIER_PX = 4.0
ITERATIONS = 3000
CONFIDENCE = 0.999
# Limits for rectangles in visitors' photographs. They are wider than 257 photographed works of retrieval-2019 need:
# opposite sides differ by up to 1.15 times, the aspect ratio by up to 1.5 times, and the smallest work covers 0.041 of
# its photograph. A camera at 50 degrees to the wall narrows a work to 0.64 of its width.
MOST_TAPER = 2.0  # greatest ratio of opposite sides
MOST_STRETCH = 2.0  # greatest change of the aspect ratio, in both directions
LEAST_SHARE = 0.004  # least share of the photograph
TINY = 1e-9
SAME_PLACE_PX = 2.0  # SIFT may find several features with different orientations at one place; they count once


def fit(picture: Floats, photograph: Floats) -> tuple[Matrix, NDArray[np.bool_]] | None:
    """Return the homography (3, 3) from picture points (N, 2) to photograph points (N, 2), and its inliers (N,) bool.

    Return None if there is no homography. The result is deterministic. D. Barath et al., MAGSAC++, a Fast, Reliable and
    Accurate Robust Estimator, CVPR 2020.
    """
    if len(picture) < 4:
        return None
    homography, mask = cv2.findHomography(
        picture.astype(np.float64),
        photograph.astype(np.float64),
        cv2.USAC_MAGSAC,
        INLIER_PX,
        maxIters=ITERATIONS,
        confidence=CONFIDENCE,
    )
    if homography is None or abs(np.linalg.det(homography)) < TINY:
        return None
    return np.asarray(homography, np.float64), mask.ravel().astype(np.bool_)


def outline(homography: Matrix, size_px: tuple[int, int]) -> Matrix:
    """Return the corners (4, 2) of a picture of `size_px` (width, height) in pixels of the photograph.

    The order is north-west, south-west, south-east, north-east.
    """
    corners = rectangle(size_px)
    moved = np.hstack([corners, np.ones((4, 1))]) @ homography.T
    depth = np.where(np.abs(moved[:, 2:]) < TINY, TINY, moved[:, 2:])
    return np.asarray(moved[:, :2] / depth, np.float64)


def rectangle(size_px: tuple[int, int]) -> Matrix:
    """Return the corners (4, 2) of a picture in its own pixels, in the order of `outline`."""
    width_px, height_px = size_px
    return np.array([(0, 0), (0, height_px), (width_px, height_px), (width_px, 0)], np.float64)


def is_plausible(homography: Matrix, size_px: tuple[int, int], photograph_px: tuple[int, int]) -> bool:
    """Return True if a photograph can show a flat picture like this. Sizes are (width, height).

    The picture must be in front of the camera, not mirrored, convex, and not too small, too slim or too slanted.
    """
    depths = np.hstack([rectangle(size_px), np.ones((4, 1))]) @ homography[2]
    if (depths * np.sign(homography[2, 2]) <= TINY).any():
        return False
    corners = outline(homography, size_px)
    sides = np.roll(corners, -1, axis=0) - corners
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    if (turns >= 0).any():  # y points down, so all corners must turn left
        return False
    left, bottom, right, top = np.linalg.norm(sides, axis=1)
    taper = max(left / right, right / left, top / bottom, bottom / top)
    stretch = (left + right) / (top + bottom) * size_px[0] / size_px[1]
    share = area(corners) / (photograph_px[0] * photograph_px[1])
    return bool(taper <= MOST_TAPER and max(stretch, 1 / stretch) <= MOST_STRETCH and share >= LEAST_SHARE)


def area(corners: Polygon) -> float:
    """Return the area of a polygon (N, 2) by the shoelace formula."""
    x, y = corners.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def shared_area(one: Polygon, other: Polygon) -> float:
    """Return the area of the intersection of two convex polygons (N, 2)."""
    return float(cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))[0])


def places(points: Floats) -> int:
    """Return how many of the points (N, 2) are at different places."""
    return len(np.unique(np.round(points / SAME_PLACE_PX), axis=0))
