"""Masks and the patches they fall into: growing, shrinking, numbering. numpy only; masks are (h, w) bool."""

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]  # (h, w): 0 outside of every patch, patches from 1


def grow(mask: Mask, times: int) -> Mask:
    """By a pixel up, down, left and right, so many times: dilation by a diamond (Serra 1982)."""
    for _ in range(times):
        wide = np.pad(mask, 1)
        mask = wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:] | mask
    return mask


def shrink(mask: Mask, times: int) -> Mask:
    """The opposite; the picture's border takes nothing away."""
    return ~grow(~mask, times)


def without_threads(mask: Mask, width_px: int) -> Mask:
    """What is thinner than about twice `width_px` is taken away, the rest stays as it is: an opening."""
    return grow(shrink(mask, width_px), width_px) & mask


def number(mask: Mask) -> Labels:
    """4-connected patches. Runs of each row are joined with those above (Rosenfeld and Pfaltz 1966)."""
    labels = np.zeros(mask.shape, np.int32)
    parents = [0]
    for y, (starts, ends) in enumerate(runs(mask)):
        for start, end in zip(starts, ends, strict=True):
            touched = set(labels[y - 1, start:end].tolist()) if y else set()
            above = {root(parents, label) for label in touched} - {0}
            if not above:
                parents.append(len(parents))
            label = min(above, default=len(parents) - 1)
            for other in above:
                parents[other] = label
            labels[y, start:end] = label
    _, consecutive = np.unique([root(parents, label) for label in range(len(parents))], return_inverse=True)
    numbered: Labels = consecutive.astype(np.int32)[labels]
    return numbered


def runs(mask: Mask) -> list[tuple[list[int], list[int]]]:
    """For each row, where runs of True start, and where they end (exclusive)."""
    steps = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    return [(np.flatnonzero(row == 1).tolist(), np.flatnonzero(row == -1).tolist()) for row in steps]


def root(parents: list[int], label: int) -> int:
    """The first of the labels that were joined with this one; the way there is shortened for the next time."""
    while parents[label] != label:
        parents[label] = parents[parents[label]]
        label = parents[label]
    return label


def sizes(labels: Labels) -> NDArray[np.int64]:
    """Pixels of each patch, by its number; what is outside counts as 0."""
    counts = np.bincount(labels.ravel())
    counts[0] = 0
    return counts


def enclosed(patch: Mask) -> int:
    """Pixels between the outermost ones of their row and of their column: holes count."""
    in_rows = np.maximum.accumulate(patch, 1) & np.maximum.accumulate(patch[:, ::-1], 1)[:, ::-1]
    in_columns = np.maximum.accumulate(patch, 0) & np.maximum.accumulate(patch[::-1], 0)[::-1]
    return int((in_rows & in_columns).sum())
