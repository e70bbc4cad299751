"""Fit positions into a unit square, and move them to the cells of a fine grid so that no two works cover each other."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

CELLS_PER_ROOT = 2.2  # least cells in a row of the grid, divided by the root of N; works take a tenth to a fifth of all
STEP = math.sqrt(2)  # between two possible numbers of cells in a row
OUTLIERS = 0.005  # share of the works at each edge that may be pulled in
EVENNESS = 0.6  # weight of the ranks of positions; 0 keeps the empty space between islands, 1 leaves none
FILLED = 0.94  # share of the square that the works fill, so that none is moved against an edge


def cells_across(count: int) -> int:
    """Return the number of cells in a row of the grid for `count` works.

    It is rounded up by up to STEP, because the public sees the grid and could count works that are not public.
    """
    least = max(CELLS_PER_ROOT * math.sqrt(count), 3)
    return round(STEP ** math.ceil(math.log(least, STEP)))


def fitted(points: Floats) -> Floats:
    """Return (N, 2) points between 0 and 1, the longer axis over nearly the whole width, the shorter in the middle.

    The outermost works are pulled in. Each axis is mixed with the ranks along it, so that empty space between islands
    shrinks and dense places widen. The order along each axis stays.
    """
    if not len(points):
        return points.copy()
    evened = EVENNESS * ranks(points) + (1 - EVENNESS) * centred(points)
    return np.asarray(np.clip(0.5 + centred(evened) * FILLED, 0.0, 1.0), np.float32)


def ranks(points: Floats) -> Floats:
    """Return the rank of each of N points along each axis, (N, 2), 0 to 1 for the first and the last."""
    return np.asarray(points.argsort(axis=0, kind="stable").argsort(axis=0) / max(len(points) - 1, 1), np.float32)


def centred(points: Floats) -> Floats:
    """Return (N, 2) points whose longer axis goes from -0.5 to 0.5. The outermost works are pulled to the ends."""
    low, high = np.quantile(points, [OUTLIERS, 1 - OUTLIERS], axis=0)
    if (high - low).max() <= 0:
        low, high = points.min(axis=0), points.max(axis=0)
    longest = max(float((high - low).max()), 1e-9)
    return np.asarray((np.clip(points, low, high) - (low + high) / 2) / longest, np.float32)


def snapped(points: Floats) -> Floats:
    """Return the centres (N, 2) of distinct cells near N points between 0 and 1. Dense places are filled first."""
    cells = cells_across(len(points))
    wanted = np.minimum((points * cells).astype(np.int64), cells - 1)
    offsets = spiral(cells)
    is_taken = np.zeros((cells, cells), np.bool_)
    found = np.empty_like(wanted)
    for row in by_density(wanted, cells):
        found[row] = cell = nearest_free(wanted[row], offsets, is_taken)
        is_taken[cell[0], cell[1]] = True
    return np.asarray((found + 0.5) / cells, np.float32)


def by_density(wanted: NDArray[np.int64], cells: int) -> list[int]:
    """Return the rows of (N, 2) cells, those in blocks with many rows first; equal ones in their order."""
    blocks = (wanted[:, 0] // 4) * (cells // 4 + 1) + wanted[:, 1] // 4
    counts = np.bincount(blocks, minlength=1)
    rows: list[int] = np.argsort(-counts[blocks], kind="stable").tolist()
    return rows


def spiral(cells: int) -> NDArray[np.int64]:
    """Return the offsets (M, 2) from one cell to all others within half of the grid, nearest first."""
    reach = np.arange(-(cells // 2) - 1, cells // 2 + 2)
    offsets = np.stack(np.meshgrid(reach, reach, indexing="ij"), axis=-1).reshape(-1, 2)
    return offsets[np.argsort((offsets**2).sum(axis=1), kind="stable")]


def nearest_free(
    wanted: NDArray[np.int64], offsets: NDArray[np.int64], is_taken: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the free cell (2,) nearest to the wanted one. There are more cells than works."""
    if not is_taken[wanted[0], wanted[1]]:
        return wanted
    start, length = 1, 24
    while start < len(offsets):
        near = wanted + offsets[start : start + length]
        near = near[((near >= 0) & (near < len(is_taken))).all(axis=1)]
        free = near[~is_taken[near[:, 0], near[:, 1]]]
        if len(free):
            return free[0]
        start, length = start + length, length * 4
    return np.argwhere(~is_taken)[0]


def curve(points: Floats) -> NDArray[np.int64]:
    """Return the order (N,) of N points between 0 and 1 along a Z-order curve, so that neighbours in it are near."""
    x, y = np.clip(points * 65_535, 0, 65_535).astype(np.uint64).reshape(-1, 2).T
    return np.argsort(interleaved(x) | interleaved(y) << np.uint64(1), kind="stable")


def interleaved(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return numbers of 16 bits with a zero before each bit."""
    for shift, bits in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        numbers = (numbers | numbers << np.uint64(shift)) & np.uint64(bits)
    return numbers
