"""Detail and colours of the cells of a picture."""

import numpy as np
import pytest

from similarity.vision.correspondence import cells


def test_detail_is_known_for_cells_that_do_not_divide_the_picture_evenly():
    square = np.random.default_rng(3).integers(0, 256, (224, 224, 3), dtype=np.uint8)

    assert cells.detail(square, (13, 13)) == pytest.approx(1)
    assert cells.detail(np.full_like(square, 7), (13, 13)) == pytest.approx(cells.PLAIN)


def test_cells_at_the_edge_of_the_paper_get_little_weight_and_cells_within_keep_theirs():
    rng = np.random.default_rng(3)
    padded = rng.integers(252, 256, (224, 224, 3), dtype=np.uint8)  # white, compressed
    padded[40:184] = rng.integers(0, 256, (144, 224, 3), dtype=np.uint8)

    found = cells.detail(padded, (14, 14))  # the picture begins in the third row and ends in the twelfth

    assert found[:3] == pytest.approx(cells.PLAIN)
    assert found[3:11] == pytest.approx(1)
    assert found[11:] == pytest.approx(cells.PLAIN)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_paper_of_any_colour_is_distinguished_from_spots_of_its_colour_in_the_picture(level: int):
    square = np.random.default_rng(3).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    square[:, :50] = square[100:120, 100:120] = level

    found = cells.paper(square)

    assert found[:, :50].all()
    assert found[:, 50:].mean() < 0.001


def test_a_picture_that_fills_its_square_has_no_paper():
    sky = np.random.default_rng(3).integers(110, 150, (224, 224, 3), dtype=np.uint8)
    sky[:, 0] = np.arange(224)[:, None]

    assert not cells.paper(sky).any()


def test_the_colour_of_a_cell_is_its_mean_in_cielab():
    square = np.zeros((28, 28, 3), np.uint8)
    square[:, 14:] = 255, 0, 0

    maps = cells.colours(square)

    assert maps.shape == (3, cells.COLOUR_CELLS, cells.COLOUR_CELLS)
    assert maps[:, :, :7] == pytest.approx(0, abs=0.1)
    assert maps[:, 0, 13] == pytest.approx((53.2, 80.1, 67.2), abs=0.2)  # sRGB's red
