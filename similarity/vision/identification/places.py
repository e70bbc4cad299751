"""Verify several pictures against one photograph, so that two similar pictures do not get the same place."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from similarity.vision.identification import groups, verification
from similarity.vision.identification.groups import Corners
from similarity.vision.identification.verification import Verification
from similarity.vision.local_features.features import Features

Key = TypeVar("Key", bound=Hashable)


def verify_all(
    photograph: Features, pictures: Iterable[tuple[Key, Features]], known: Mapping[Key, Verification]
) -> dict[Key, Verification]:
    """Return `known` and the verification of each of the pictures, which are read one by one.

    A picture at the place of a better one is searched for again in the rest of the photograph. Two versions of one
    composition, side by side, are thus each found where they are.
    """
    fresh: dict[Key, Verification] = {}
    same: dict[Key, Features] = {}
    for key, picture in pictures:
        fresh[key] = verification.verify(photograph, picture)
        if fresh[key].is_same:
            same[key] = picture
    taken = groups.outlines(known)
    for key in sorted(same, key=lambda key: -fresh[key].score):
        if any(groups.is_same_work(groups.outline_of(fresh[key]), other) for other in taken):
            elsewhere = verification.verify(without(photograph, taken), same[key])
            fresh[key] = elsewhere if elsewhere.is_same else fresh[key]
        taken.append(groups.outline_of(fresh[key]))
    return {**known, **fresh}


def without(photograph: Features, outlines: Sequence[Corners]) -> Features:
    """Return the features outside all outlines (4, 2), which are in 0..1 of the photograph."""
    inside = np.zeros(len(photograph.points), np.bool_)
    for outline in outlines:
        inside |= lies_in(photograph.points, outline * photograph.size_px)
    return photograph.select(~inside)


def lies_in(points: NDArray[np.float32], corners: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return (N,): whether each point (N, 2) is inside the convex corners (4, 2), in the order of `plane.outline`."""
    sides = np.roll(corners, -1, axis=0) - corners
    offsets = points[:, None] - corners
    return np.asarray((sides[:, 0] * offsets[..., 1] - sides[:, 1] * offsets[..., 0] <= 0).all(axis=1), np.bool_)
