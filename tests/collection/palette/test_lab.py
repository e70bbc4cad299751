"""CIELAB has the coordinates of the standard, and the conversion back gives the same colour."""

import numpy as np
import pytest

from collection.imaging.palette import lab

KNOWN = [
    ((255, 255, 255), (100, 0, 0)),
    ((0, 0, 0), (0, 0, 0)),
    ((255, 0, 0), (53.24, 80.09, 67.20)),
    ((0, 255, 0), (87.73, -86.18, 83.18)),
    ((0, 0, 255), (32.30, 79.19, -107.86)),
    ((128, 128, 128), (53.59, 0, 0)),
    ((3, 3, 3), (0.82, 0, 0)),
]


@pytest.mark.parametrize(("rgb", "coordinates"), KNOWN)
def test_colours_have_the_coordinates_of_the_standard(rgb: tuple[int, ...], coordinates: tuple[float, ...]) -> None:
    assert lab.lab(np.array(rgb, np.uint8)) == pytest.approx(coordinates, abs=0.02)


def test_every_colour_comes_back_from_cielab() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (500, 3), dtype=np.uint8)

    assert np.abs(lab.srgb(lab.lab(pixels)).astype(int) - pixels).max() <= 1


def test_a_colour_that_no_screen_shows_is_clipped() -> None:
    assert lab.srgb(np.array([50.0, 150.0, -150.0], np.float32)).shape == (3,)
