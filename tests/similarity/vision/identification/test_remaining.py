"""Regions are proposed outside the wall and the works already recognised."""

import numpy as np
import pytest
from PIL import Image

from similarity.vision.identification import remaining
from tests import pictures, walls
from tests.similarity.vision.identification import scenes

LEFT = [(60, 120), (60, 420), (360, 420), (360, 120)]
RIGHT = [(364, 120), (364, 420), (704, 420), (704, 120)]  # they touch, but for four pixels


def best_overlap(found, corners) -> float:
    return max((walls.overlap(one.corners, np.array(corners, float), scenes.SIZE_PX) for one in found), default=0.0)


@pytest.fixture(scope="module")
def touching() -> Image.Image:
    return scenes.hung([(pictures.landscape(1), LEFT), (pictures.landscape(2), RIGHT)])


def test_of_two_works_that_touch_the_other_one_is_found_once_one_is_recognised(touching: Image.Image):
    found = remaining.regions(touching, [scenes.shares(LEFT).astype(np.float32)])

    assert best_overlap(found, RIGHT) > 0.8
    assert best_overlap(found, LEFT) < 0.1


def test_a_long_region_may_be_two_works(touching: Image.Image):
    found = remaining.regions(touching, [])

    assert best_overlap(found, LEFT) > 0.7
    assert best_overlap(found, RIGHT) > 0.7


def test_nothing_is_left_where_everything_was_recognised(touching: Image.Image):
    outlines = [scenes.shares(corners).astype(np.float32) for corners in (LEFT, RIGHT)]

    assert remaining.regions(touching, outlines) == []


@pytest.mark.parametrize("size_px", [(1, 1), (1600, 16), (16, 1600), (300, 200)])
@pytest.mark.parametrize("kind", ["flat", "noise"])
def test_flat_noisy_tiny_and_slim_pictures_break_nothing(size_px: tuple[int, int], kind: str):
    pixels = np.full((size_px[1], size_px[0], 3), 120, np.uint8)
    if kind == "noise":
        pixels = np.random.default_rng(1).integers(0, 256, pixels.shape, dtype=np.uint8)

    found = remaining.regions(Image.fromarray(pixels), [])

    assert len(found) <= remaining.REGIONS_LIMIT
    assert all(np.isfinite(one.corners).all() for one in found)
