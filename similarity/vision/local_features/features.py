"""Local features of a picture: SIFT keypoints and descriptors.

D. Lowe, Distinctive Image Features from Scale-Invariant Keypoints, IJCV 2004. Descriptors are square-rooted:
R. Arandjelovic, A. Zisserman, Three Things Everyone Should Know to Improve Object Retrieval, CVPR 2012.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
Places = NDArray[np.intp]

SIDE_PX = 768  # longest side; photographs in searches by picture have at most this size
DETECTED_LIMIT = 3000  # strongest keypoints, which get descriptors
KEYPOINTS_LIMIT = 1500  # of them, keypoints that are used
CELLS = 8  # cells a side; all cells supply equally many keypoints if they have them, so that pale parts count too
# SIFT's contrast threshold, 0..1. The usual 0.04 leaves 56 keypoints on a dark canvas of retrieval-2019, this one 803.
CONTRAST = 0.01
LEAST_SIDE_PX = 16


@dataclass(frozen=True)
class Features:
    """The local features of one picture.

    points: (N, 2) float32, x and y in pixels of `grey`. descriptors: (N, 128) float32, rows of length 1. grey: (H, W)
    uint8 luminance; black if only the features were stored.
    """

    points: Floats
    descriptors: Floats
    grey: NDArray[np.uint8]

    @property
    def size_px(self) -> tuple[int, int]:
        """Return width and height."""
        return self.grey.shape[1], self.grey.shape[0]

    def select(self, wanted: NDArray[np.bool_] | Places) -> "Features":
        """Return the features where a mask (N,) is True, or those at these indices."""
        return Features(self.points[wanted], self.descriptors[wanted], self.grey)


def extract(picture: Image.Image, limit: int = KEYPOINTS_LIMIT) -> Features:
    """Return at most `limit` features of a picture in any mode; none if it is flat or tiny."""
    grey = reduced(picture)
    if min(grey.shape) < LEAST_SIDE_PX:
        return none_of(grey)
    sift = cv2.SIFT.create(nfeatures=limit * DETECTED_LIMIT // KEYPOINTS_LIMIT, contrastThreshold=CONTRAST)
    keypoints, descriptors = sift.detectAndCompute(grey, None)
    if descriptors is None or not len(keypoints):
        return none_of(grey)
    points = np.array([keypoint.pt for keypoint in keypoints], np.float32)
    contrasts = np.array([keypoint.response for keypoint in keypoints], np.float32)
    found = Features(points, square_rooted(np.asarray(descriptors, np.float32)), grey)
    return found.select(strongest(points, contrasts, grey.shape)[:limit])


def mirrored(found: Features) -> Features:
    """Return the features that the mirrored picture has, without computing them from its pixels.

    In a descriptor of 4 x 4 cells with 8 directions each, mirroring reverses one axis of the cells and the sense of
    the directions. The picture is flipped from left to right.
    """
    turned = found.descriptors.reshape(-1, 4, 4, 8)[:, ::-1][..., -np.arange(8)]
    points = np.stack([found.grey.shape[1] - 1 - found.points[:, 0], found.points[:, 1]], axis=1)
    return Features(points, np.ascontiguousarray(turned.reshape(-1, 128)), np.ascontiguousarray(found.grey[:, ::-1]))


def none_of(grey: NDArray[np.uint8]) -> Features:
    """Return an empty set of features."""
    return Features(np.empty((0, 2), np.float32), np.empty((0, 128), np.float32), grey)


def reduced(picture: Image.Image) -> NDArray[np.uint8]:
    """Return (H, W) uint8 luminance with a longest side of at most SIDE_PX. Smaller pictures keep their size."""
    scale = min(1.0, SIDE_PX / max(picture.size))
    width_px, height_px = (max(1, round(side * scale)) for side in picture.size)
    grey = picture.convert("L").resize((width_px, height_px), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(grey)


def strongest(points: Floats, contrasts: Floats, shape: tuple[int, ...]) -> Places:
    """Return indices of at most KEYPOINTS_LIMIT of N points (N, 2) with contrasts (N,).

    Points are taken by their rank within their cell first, then by contrast.
    """
    places = (points * CELLS / (shape[1], shape[0])).astype(np.intp).clip(0, CELLS - 1) @ np.array((1, CELLS))
    order = np.lexsort((-contrasts, places))  # by cell, then the strongest first
    starts = np.searchsorted(places[order], np.arange(CELLS**2))
    ranks = np.empty(len(order), np.intp)
    ranks[order] = np.arange(len(order)) - starts[places[order]]
    return np.lexsort((-contrasts, ranks))[:KEYPOINTS_LIMIT]


def square_rooted(descriptors: Floats) -> Floats:
    """Scale non-negative (N, 128) to rows with the sum 1 and return the square roots, which are rows of length 1."""
    sums = np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6)
    return np.asarray(np.sqrt(descriptors / sums), dtype=np.float32)
