"""Photographs of works on a wall, painted in code. The wall is lit from one side and slightly noisy."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from tests import factories

FRAME_PX = 12
WALL = (196, 190, 178)
WOOD = (72, 48, 30)


@dataclass(frozen=True)
class Hung:
    """A framed work: the seed of its picture, the centre and size with the frame in pixels, and its rotation."""

    seed: int
    centre: tuple[int, int]
    size: tuple[int, int]
    degrees: float = 0.0

    @property
    def corners(self) -> NDArray[np.float64]:
        """(4, 2) in pixels of the photograph, in the order of outlines.Rectangle."""
        angle = math.radians(self.degrees)
        turn = np.array(((math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))))
        half = np.array(self.size) / 2
        return np.array(((-1, -1), (-1, 1), (1, 1), (1, -1))) * half @ turn + self.centre


def photograph(works: Sequence[Hung], size: tuple[int, int] = (768, 576)) -> Image.Image:
    """Mode RGB."""
    width_px, height_px = size
    light = np.linspace(-12, 12, width_px)[None, :, None] + np.random.default_rng(3).normal(0, 2, (height_px, 1, 3))
    picture = Image.fromarray(np.clip(np.array(WALL) + light, 0, 255).astype(np.uint8))
    for work in works:
        inside = Image.open(BytesIO(factories.painted(work.seed)))
        inside = inside.resize((work.size[0] - 2 * FRAME_PX, work.size[1] - 2 * FRAME_PX))
        framed = ImageOps.expand(inside, FRAME_PX, WOOD).convert("RGBA")
        turned = framed.rotate(-work.degrees, Image.Resampling.BICUBIC, expand=True)
        corner = (round(work.centre[0] - turned.width / 2), round(work.centre[1] - turned.height / 2))
        picture.paste(turned, corner, turned)
    return picture


def overlap(one: NDArray[np.float64], other: NDArray[np.float64], size: tuple[int, int]) -> float:
    """Intersection over union of two rectangles, by their corners (4, 2), counted in pixels of a picture."""
    inside_one, inside_other = inside(one, size), inside(other, size)
    return float((inside_one & inside_other).sum() / (inside_one | inside_other).sum())


def inside(corners: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.bool_]:
    """(h, w): which pixels lie in the rectangle."""
    xs, ys = np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5)
    across, down = corners[3] - corners[0], corners[1] - corners[0]
    along = ((xs - corners[0, 0]) * across[0] + (ys - corners[0, 1]) * across[1]) / (across @ across)
    below = ((xs - corners[0, 0]) * down[0] + (ys - corners[0, 1]) * down[1]) / (down @ down)
    return (along >= 0) & (along <= 1) & (below >= 0) & (below <= 1)
