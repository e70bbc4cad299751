"""Further pictures of a work: a detail of the front, and the back."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from PIL import Image

from collection.study.canvas import Pixels, Plate, Size, fractal_noise, ink, mix, paper, plain, to_image
from collection.study.records import Work

DETAIL_SHARE = 0.52
LONG_SIDE_PX = 1000


def detail(front: Image.Image, rng: Generator) -> Image.Image:
    """Return an enlarged detail of the front, in landscape format if the front is upright, else in portrait."""
    side = DETAIL_SHARE * min(front.size)
    width, height = (side, side * 0.8) if front.height >= front.width else (side * 0.8, side)
    left, top = (rng.uniform(0.25, 0.75) * (front.width - width), rng.uniform(0.3, 0.7) * (front.height - height))
    scale = LONG_SIDE_PX / max(width, height)
    box = (left, top, left + width, top + height)
    return front.resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS, box=box)


def verso(work: Work, size: Size, rng: Generator) -> Image.Image:
    """Paint the back: a stretcher for a painting on canvas, else a sheet. Both have an inscription and a label."""
    on_canvas = "canvas" in work.medium
    back = stretcher(size, rng) if on_canvas else paper(rng, size, "#d8cbb0", strength=2.2)
    if not on_canvas:
        stains = fractal_noise(rng, size, 300)
        back = mix(back, plain(size, "#b89f76"), np.clip(stains - 0.5, 0, 0.5))
    return to_image(labelled(back, work, size, rng))


def stretcher(size: Size, rng: Generator) -> Pixels:
    """Paint raw linen from behind, with four wooden bars and a cross-bar."""
    width, height = size
    bar = 0.085 * max(size)
    cloth = paper(rng, size, "#b5a384", strength=3.0)
    wood = paper(rng, size, "#a67c4e", strength=1.5) * (1 + 0.05 * fractal_noise(rng, size, 14, stretch=18)[..., None])
    plate, shade = Plate(size), Plate(size)
    for box in (
        (0, 0, width, bar),
        (0, height - bar, width, height),
        (0, 0, bar, height),
        (width - bar, 0, width, height),
        (0, height / 2 - bar * 0.4, width, height / 2 + bar * 0.4),
    ):
        corners = np.array([(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])])
        shade.polygon(corners + 7)
        plate.polygon(corners)
    for x, y in ((0, 0), (width - bar, 0), (0, height - bar), (width - bar, height - bar)):
        rising = (x == 0) != (y == 0)
        ends = [(x, y + bar), (x + bar, y)] if rising else [(x, y), (x + bar, y + bar)]
        shade.line(ends, 2)
    back = ink(cloth, shade.pixels(), "#4d3f2c", 0.55)
    joints = Plate(size)
    for x, y in ((0, 0), (width - bar, 0), (0, height - bar), (width - bar, height - bar)):
        rising = (x == 0) != (y == 0)
        joints.line([(x, y + bar), (x + bar, y)] if rising else [(x, y), (x + bar, y + bar)], 2)
    return ink(mix(back, wood, plate.pixels()), joints.pixels(), "#4d3419", 0.7)


def labelled(back: Pixels, work: Work, size: Size, rng: Generator) -> Pixels:
    """Add the paper label of the museum, and title and date in pencil."""
    width, height = size
    left, top = width * rng.uniform(0.14, 0.4), height * rng.uniform(0.15, 0.25)
    wide, high = width * 0.38, height * 0.13
    label, letters, pencil = Plate(size), Plate(size), Plate(size)
    corners = np.array([(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)])
    label.polygon(corners + rng.normal(0, 2, (4, 2)))
    letters.line([*(corners + np.array([(8, 8), (-8, 8), (-8, -8), (8, -8)])), corners[0] + 8], 1.5)
    letters.write(left + wide / 2, top + high * 0.34, "KINDRED STUDY COLLECTION", wide * 0.055)
    letters.write(left + wide / 2, top + high * 0.68, work.accession_number, wide * 0.1)
    date = work.date.replace("–", "-")  # the built-in font has no en dash
    pencil.write(width / 2, height * 0.66, f"{work.title},", min(width * 0.05, width * 1.4 / len(work.title)))
    pencil.write(width / 2, height * 0.73, f"{work.creators[0]}, {date}", width * 0.034)
    back = ink(ink(back, label.pixels(), "#efe6cf", 0.95), letters.pixels(), "#3a2b22", 0.85)
    return ink(back, pencil.pixels(), "#46413c", 0.6)
