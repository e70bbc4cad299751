"""Measure colour and detail in each cell of a grid over a picture, independent of any network. Uses numpy only."""

import numpy as np
from numpy.typing import NDArray

from collection.imaging.palette.lab import lab
from similarity.vision.pixels import patches
from similarity.vision.pixels.patches import Mask

Floats = NDArray[np.float32]

ENOUGH_DETAIL = 6.0  # standard deviation in grey levels, 0..255; the canvas texture of a painted sky has about as much
PLAIN = 0.15  # weight of a cell without detail
PAPER_LEVELS = 6  # of 255: how far paper may be from its median colour in any channel; JPEG white differs by 2 or 3
PAPER_SHARE = 0.8  # least share of one side of the picture that is paper; painted skies and dark corners have less
TOUCHED = 0.05  # share of paper from which a cell counts as the picture's edge
COLOUR_CELLS = 14  # cells a side


def detail(square: NDArray[np.uint8], side: tuple[int, ...]) -> Floats:
    """Return (H, W) weights in 0..1 for the cells of (S, S, 3) uint8 sRGB: how much detail there is.

    The weight is the standard deviation of grey levels in units of ENOUGH_DETAIL, between PLAIN and 1. Cells at the
    edge of the surrounding paper get PLAIN, as the edges of all pictures resemble each other.
    """
    grey = square.astype(np.float32).mean(axis=2)
    rows, columns = (np.linspace(0, len(square), cells + 1).round().astype(int)[:-1] for cells in side)
    count = block_sums(np.ones_like(grey), rows, columns)
    mean = block_sums(grey, rows, columns) / count
    variance = block_sums(grey * grey, rows, columns) / count - mean * mean
    shares: Floats = (np.sqrt(variance.clip(0)) / ENOUGH_DETAIL).clip(PLAIN, 1)
    touched = block_sums(paper(square).astype(np.float32), rows, columns) > TOUCHED * count
    shares[touched] = PLAIN
    return shares


def paper(square: NDArray[np.uint8]) -> Mask:
    """Return (S, S): the padding or paper around the picture in (S, S, 3) uint8 sRGB.

    It has one colour and is connected to a side of the picture that mostly consists of it.
    """
    levels = square.astype(np.int16)
    alike = np.zeros(square.shape[:2], bool)
    for side in (levels[0], levels[-1], levels[:, 0], levels[:, -1]):
        colour = np.median(side, axis=0)
        if (np.abs(side - colour).max(axis=1) < PAPER_LEVELS).mean() >= PAPER_SHARE:
            alike |= np.abs(levels - colour).max(axis=2) < PAPER_LEVELS
    if not alike.any():
        return alike
    numbers = patches.label(alike)
    reached = np.unique(np.concatenate((numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1])))
    return np.isin(numbers, reached[reached > 0])


def block_sums(values: Floats, rows: NDArray[np.int_], columns: NDArray[np.int_]) -> Floats:
    """Return (H, W): the sums of the blocks of (S, S) that start at these rows and columns."""
    sums: Floats = np.add.reduceat(np.add.reduceat(values, rows, axis=0), columns, axis=1)
    return sums


def colours(square: NDArray[np.uint8]) -> Floats:
    """Return mean CIELAB colours (3, COLOUR_CELLS, COLOUR_CELLS) of (S, S, 3) uint8 sRGB. COLOUR_CELLS divides S."""
    cell_px = len(square) // COLOUR_CELLS
    means = lab(square).reshape(COLOUR_CELLS, cell_px, COLOUR_CELLS, cell_px, 3).mean(axis=(1, 3))
    return np.moveaxis(means, -1, 0)
