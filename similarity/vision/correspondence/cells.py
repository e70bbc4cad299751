"""What a picture itself shows in each cell of a grid, whatever a network makes of it. numpy only."""

import numpy as np
from numpy.typing import NDArray

from similarity.vision.descriptors.colour_histogram import lab
from similarity.vision.pixels import patches
from similarity.vision.pixels.patches import Mask

Floats = NDArray[np.float32]

ENOUGH_DETAIL = 6.0  # grey levels, 0..255: the canvas of a painted sky has about as much
PLAIN = 0.15  # what counts of a region that is as plain as paper
PAPER_LEVELS = 6  # of 255 by which paper differs from its usual colour, in any channel; a compressed white has 2 or 3
PAPER_SHARE = 0.8  # of a side of the picture that lies on paper; less has a painted sky, and a dark corner
TOUCHED = 0.05  # of a cell that is paper, from which on the cell shows where the picture ends
COLOUR_CELLS = 14  # a side


def detail(square: NDArray[np.uint8], side: tuple[int, ...]) -> Floats:
    """(S, S, 3) sRGB -> (H, W) 0..1: less than 1 where all pictures resemble each other, in plain areas and where a
    picture ends on its paper. The deviation of grey levels in a cell, unless it touches the paper around."""
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
    """(S, S, 3) sRGB -> (S, S): what a picture was padded with, or lies on. One colour, reached from a side that
    consists of it."""
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
    """(S, S) -> (H, W): sums of the blocks that begin at these rows and columns."""
    sums: Floats = np.add.reduceat(np.add.reduceat(values, rows, axis=0), columns, axis=1)
    return sums


def colours(square: NDArray[np.uint8]) -> Floats:
    """(S, S, 3) sRGB -> (3, COLOUR_CELLS, COLOUR_CELLS): the mean colour of each cell in CIELAB. S divides evenly."""
    cell_px = len(square) // COLOUR_CELLS
    means = lab(square).reshape(COLOUR_CELLS, cell_px, COLOUR_CELLS, cell_px, 3).mean(axis=(1, 3))
    return np.moveaxis(means, -1, 0)
