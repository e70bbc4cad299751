"""What a picture itself shows in each cell of a grid, whatever a network makes of it. numpy only."""

import numpy as np
from numpy.typing import NDArray

from similarity.vision.colour import lab

Floats = NDArray[np.float32]

ENOUGH_DETAIL = 6.0  # grey levels, 0..255: the canvas of a painted sky has about as much
PLAIN = 0.15  # what counts of a region that is as plain as paper
COLOUR_CELLS = 14  # a side


def detail(square: NDArray[np.uint8], side: tuple[int, ...]) -> Floats:
    """(S, S, 3) sRGB -> (H, W) 0..1: less than 1 in plain areas, such as the paper around a picture, which resemble
    each other in all pictures. The deviation of grey levels in a cell."""
    grey = square.astype(np.float32).mean(axis=2)
    rows, columns = (np.linspace(0, len(square), cells + 1).round().astype(int)[:-1] for cells in side)
    count = block_sums(np.ones_like(grey), rows, columns)
    mean = block_sums(grey, rows, columns) / count
    variance = block_sums(grey * grey, rows, columns) / count - mean * mean
    shares: Floats = (np.sqrt(variance.clip(0)) / ENOUGH_DETAIL).clip(PLAIN, 1)
    return shares


def block_sums(values: Floats, rows: NDArray[np.int_], columns: NDArray[np.int_]) -> Floats:
    """(S, S) -> (H, W): sums of the blocks that begin at these rows and columns."""
    sums: Floats = np.add.reduceat(np.add.reduceat(values, rows, axis=0), columns, axis=1)
    return sums


def colours(square: NDArray[np.uint8]) -> Floats:
    """(S, S, 3) sRGB -> (3, COLOUR_CELLS, COLOUR_CELLS): the mean colour of each cell in CIELAB. S divides evenly."""
    cell_px = len(square) // COLOUR_CELLS
    means = lab(square).reshape(COLOUR_CELLS, cell_px, COLOUR_CELLS, cell_px, 3).mean(axis=(1, 3))
    return np.moveaxis(means, -1, 0)
