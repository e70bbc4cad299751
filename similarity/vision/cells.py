"""What a picture itself shows in each cell of a grid, whatever a network makes of it. numpy only."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

ENOUGH_DETAIL = 6.0  # grey levels, 0..255: the canvas of a painted sky has about as much
PLAIN = 0.15  # what counts of a region that is as plain as paper
COLOUR_CELLS = 14  # a side
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], np.float32)
WHITE = np.array([0.9505, 1.0, 1.089], np.float32)


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


def lab(pixels: NDArray[np.uint8]) -> Floats:
    """(..., 3) sRGB -> (..., 3) CIELAB under D65 (IEC 61966-2-1, CIE 15)."""
    shares = pixels.astype(np.float32) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    tristimulus = (linear @ TO_XYZ.T) / WHITE
    roots = np.where(tristimulus > 0.008856, np.cbrt(tristimulus), 7.787 * tristimulus + 16 / 116)
    x, y, z = np.moveaxis(roots, -1, 0)
    values: Floats = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)
    return values
