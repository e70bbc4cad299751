"""Patches of masks are the connected components that a flood fill finds."""

import numpy as np
import pytest

from similarity.vision.pixels import patches


def walked(mask: np.ndarray) -> list[frozenset[tuple[int, int]]]:
    """The 4-connected patches of a mask, by walking."""
    left = {(int(y), int(x)) for y, x in zip(*np.nonzero(mask), strict=True)}
    found = []
    while left:
        patch, edge = set(), [left.pop()]
        while edge:
            y, x = edge.pop()
            patch.add((y, x))
            beside = {(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)} & left
            left -= beside
            edge += beside
        found.append(frozenset(patch))
    return found


@pytest.mark.parametrize("density", [0.0, 0.3, 0.55, 0.6, 0.7, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (37, 29)])
def test_patches_are_those_of_a_flood_fill(density: float, shape: tuple[int, int]):
    mask = np.random.default_rng(round(density * 100)).random(shape) < density

    labels = patches.label(mask)

    expected = walked(mask)
    found = [frozenset(map(tuple, np.argwhere(labels == label))) for label in range(1, labels.max() + 1)]
    assert set(found) == set(expected)
    assert len(found) == len(expected)
    assert (labels > 0).tolist() == mask.tolist()
    assert sorted(patches.sizes(labels)[1:]) == sorted(map(len, expected))


def test_a_spiral_is_one_patch():
    spiral = np.array(
        [
            [1, 1, 1, 1, 1],
            [0, 0, 0, 0, 1],
            [1, 1, 1, 0, 1],
            [1, 0, 0, 0, 1],
            [1, 1, 1, 1, 1],
        ],
        np.bool_,
    )

    assert patches.label(spiral).max() == 1


def test_dilation_and_erosion_stop_at_the_border_and_thin_parts_are_removed():
    mask = np.zeros((20, 20), np.bool_)
    mask[4:12, 4:12] = True
    mask[8, 12:] = True  # a thread to the border

    assert patches.dilate(mask, 1).sum() > mask.sum() > patches.erode(mask, 1).sum()
    assert patches.erode(np.ones((5, 5), np.bool_), 2).all()
    kept = patches.without_thin_parts(mask, 2)
    assert not kept[8, 15:].any()
    assert kept[5:11, 5:11].all()


def test_the_filled_size_counts_holes_and_no_bays():
    ring = np.ones((10, 10), np.bool_)
    ring[3:6, 3:6] = False
    bay = np.ones((10, 10), np.bool_)
    bay[3:6, 3:] = False

    assert patches.filled_size(ring) == 100
    assert patches.filled_size(bay) < 100
