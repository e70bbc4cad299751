"""Compare two pictures: lay one over the other by local features, compare the overlap, and name the kind of pair."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from similarity.vision.copies import alignment, kinds, overlap
from similarity.vision.copies.alignment import Alignment
from similarity.vision.copies.kinds import Kind
from similarity.vision.copies.overlap import Overlap, Pixels
from similarity.vision.local_features import features
from similarity.vision.local_features.features import Features
from similarity.vision.local_features.plane import Matrix

# Longest side of the compared pictures, and features of each. With 480 px and 600 features no more copies are aligned
# (40 paintings in nine alterations), and the features take twice the time.
SIDE_PX = 320
FEATURES_LIMIT = 400
ENOUGH_FEATURES = 40  # a picture with fewer, such as a field of colour, is compared in another way


@dataclass(frozen=True)
class Picture:
    """What is compared of a picture: local features, and pixels if the features match.

    read_pixels: return (H, W, 3) uint8 RGB, in which the features' positions are. It may raise OSError.
    """

    features: Features
    read_pixels: Callable[[], Pixels]

    @property
    def has_features(self) -> bool:
        return len(self.features.points) >= ENOUGH_FEATURES


@dataclass(frozen=True)
class Comparison:
    """The kind of a pair, with the measurements that it follows from.

    inliers: number of matching places; 0 if the pictures could not be laid over one another, and then `overlap` and
    `homography` are None. homography: (3, 3), from positions in the other picture, mirrored first if it is a mirrored
    copy, to positions in the first one. Positions are fractions, 0..1, of width and height. degrees: angle by which
    the other picture must be turned, clockwise.
    """

    kind: Kind
    inliers: int
    overlap: Overlap | None
    homography: Matrix | None
    is_mirrored: bool
    degrees: float


NOTHING = Comparison("different", 0, None, None, is_mirrored=False, degrees=0.0)


def read(image: Image.Image) -> Picture:
    """Return what is compared of a picture in any mode."""
    pixels = pixels_of(image)
    return Picture(features.extract(Image.fromarray(pixels), FEATURES_LIMIT), lambda: pixels)


def pixels_of(image: Image.Image) -> Pixels:
    """Return a picture in any mode as (H, W, 3) uint8 RGB with a longest side of at most SIDE_PX."""
    small = image.convert("RGB")
    small.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    return np.asarray(small)


def compare(one: Picture, other: Picture) -> Comparison:
    """Compare two pictures, both of which must have enough features (`Picture.has_features`).

    Raise OSError if their features match and the pixels of one cannot be read.
    """
    found = alignment.align(one.features, other.features)
    if found is None:
        return NOTHING
    shared = overlap.measure(one.read_pixels(), other.read_pixels(), found)
    size_px = other.features.size_px
    return Comparison(
        kinds.of(found, shared, size_px),
        found.inliers,
        shared,
        in_fractions(found, one, other),
        found.is_mirrored,
        alignment.angle_of(found, size_px),
    )


def in_fractions(found: Alignment, one: Picture, other: Picture) -> Matrix:
    """Return the homography between positions in fractions of both pictures' width and height."""
    to_one = np.diag([1 / one.features.size_px[0], 1 / one.features.size_px[1], 1.0])
    from_other = np.diag([*map(float, other.features.size_px), 1.0])
    scaled = to_one @ found.homography @ from_other
    return np.asarray(scaled / scaled[2, 2], np.float64)


def oriented(found: Comparison, *, is_forward: bool) -> list[list[float]]:
    """Return the homography of an aligned pair as rows, or its inverse if not `is_forward`.

    The inverse maps positions in the first picture to the other one. Of a mirrored copy, it maps those in the
    mirrored first picture.
    """
    assert found.homography is not None, "the pictures were laid over one another"
    matrix = found.homography
    if not is_forward:
        flip = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]]) if found.is_mirrored else np.eye(3)
        matrix = flip @ np.linalg.inv(matrix) @ flip
    return [[float(value) for value in row] for row in matrix / matrix[2, 2]]
