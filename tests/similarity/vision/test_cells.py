"""Cells of a picture: how much there is to see in them, and their colours."""

import numpy as np
import pytest

from similarity.vision import cells


def test_detail_is_known_for_cells_that_do_not_divide_the_picture_evenly():
    square = np.random.default_rng(3).integers(0, 256, (224, 224, 3), dtype=np.uint8)

    assert cells.detail(square, (13, 13)) == pytest.approx(1)
    assert cells.detail(np.full_like(square, 7), (13, 13)) == pytest.approx(cells.PLAIN)


def test_the_colour_of_a_cell_is_its_mean_in_cielab():
    square = np.zeros((28, 28, 3), np.uint8)
    square[:, 14:] = 255, 0, 0

    maps = cells.colours(square)

    assert maps.shape == (3, cells.COLOUR_CELLS, cells.COLOUR_CELLS)
    assert maps[:, :, :7] == pytest.approx(0, abs=0.1)
    assert maps[:, 0, 13] == pytest.approx((53.2, 80.1, 67.2), abs=0.2)  # sRGB's red
