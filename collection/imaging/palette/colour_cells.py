"""Cells of CIELAB. A picture stores the cells of its palette. A search lists the cells near a colour.

A GIN index on arrays of cells then finds the works with one or several colours among millions.
"""

import numpy as np

from collection.imaging.palette.lab import lab

STEP = 12.0  # the side of a cell
LEVELS = (9, 19, 19)  # cells along L*, a* and b*
LOWEST = (0.0, -114.0, -114.0)
TOLERANCES = {"narrow": 12.0, "medium": 20.0, "wide": 32.0}  # Delta E of CIE 1976


def cell_of(colour: tuple[float, float, float]) -> int:
    """Return the number of the cell that contains a colour in CIELAB. A colour beyond the edges is in the last cell."""
    places = [
        min(max(int((value - low) // STEP), 0), levels - 1)
        for value, low, levels in zip(colour, LOWEST, LEVELS, strict=True)
    ]
    return int(np.ravel_multi_index(places, LEVELS))


def cells_near(hex_digits: str, tolerance: float) -> list[int]:
    """Return the cells whose centres are within `tolerance` of a colour of sRGB (six hex digits), and its own cell."""
    pixel = np.frombuffer(bytes.fromhex(hex_digits), np.uint8)
    colour = lab(pixel)
    axes = [low + STEP * (np.arange(levels) + 0.5) for low, levels in zip(LOWEST, LEVELS, strict=True)]
    centres = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    near = np.flatnonzero(np.linalg.norm(centres - colour, axis=1) <= tolerance)
    lightness, a, b = colour.tolist()
    return sorted({*near.tolist(), cell_of((lightness, a, b))})
