"""A palette holds the colours of a picture with their shares, and works are found by colours near to them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from collection.imaging.palette import colour_cells, palettes
from tests import pictures

RED, BLUE, CREAM = (190, 30, 40), (30, 60, 160), (240, 230, 200)


def striped(*stripes: tuple[tuple[int, int, int], int]) -> NDArray[np.uint8]:
    """(100, 100, 3): stripes of these colours, each as many rows high as it says."""
    rows = np.concatenate([np.tile(np.array(colour, np.uint8), (height, 1)) for colour, height in stripes])
    return np.repeat(rows[:, None], 100, axis=1)


def test_the_colours_come_with_their_shares_the_largest_first() -> None:
    found = palettes.palette(striped((CREAM, 60), (RED, 30), (BLUE, 10)))

    assert [colour.hex for colour in found] == ["f0e6c8", "be1e28", "1e3ca0"]
    assert [colour.share for colour in found] == pytest.approx([0.6, 0.3, 0.1], abs=0.02)


def test_shades_that_look_the_same_are_one_colour_and_specks_are_none() -> None:
    found = palettes.palette(striped((CREAM, 50), ((238, 229, 199), 49), (BLUE, 1)))

    assert len(found) == 1
    assert found[0].share == pytest.approx(0.98, abs=0.02)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 2), (64, 64)])
def test_flat_and_slim_pictures_have_one_colour(size: tuple[int, int]) -> None:
    found = palettes.palette(np.full((*size, 3), 90, np.uint8))

    assert [(colour.hex, colour.share) for colour in found] == [("5a5a5a", 1.0)]


def test_a_picture_has_at_most_five_colours_that_are_the_same_each_time() -> None:
    pixels = np.asarray(pictures.landscape(3).convert("RGB"))

    first, again = palettes.palette(pixels), palettes.palette(pixels)

    assert first == again
    assert 2 <= len(first) <= palettes.COLOURS
    assert sum(colour.share for colour in first) <= 1.001


@pytest.mark.parametrize("tolerance", colour_cells.TOLERANCES.values())
def test_a_colour_lies_in_a_cell_near_to_itself_and_to_similar_colours(tolerance: float) -> None:
    (red,) = palettes.palette(striped((RED, 100)))

    assert colour_cells.cell_of(red.lab) in colour_cells.cells_near("be1e28", tolerance)
    assert colour_cells.cell_of(red.lab) not in colour_cells.cells_near("1e3ca0", tolerance)


def test_a_wider_tolerance_finds_all_that_a_narrower_one_finds() -> None:
    narrow, medium, wide = (set(colour_cells.cells_near("8a7f3b", each)) for each in (12.0, 20.0, 32.0))

    assert narrow < medium < wide


@pytest.mark.parametrize("digits", ["000000", "ffffff", "0000ff", "00ff00", "ff0000", "ffff00"])
def test_the_colours_at_the_edges_have_cells(digits: str) -> None:
    pixels = np.frombuffer(bytes.fromhex(digits), np.uint8).reshape(1, 1, 3)
    (colour,) = palettes.palette(pixels)

    assert colour_cells.cell_of(colour.lab) in colour_cells.cells_near(digits, 12.0)
