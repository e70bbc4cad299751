"""Cut-paper collages: pieces of painted paper, each with a thin shadow."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, Plate, blurred, fractal_noise, mix, paper, rgb, smooth_noise
from collection.study.records import Family, Maker, Motif
from collection.study.scissors import bird, box, flower, frond, leaf, pebble

TALL, SQUARE, BROAD = (780, 1040), (960, 960), (1080, 780)


def paint(motif: Motif, rng: Generator) -> Pixels:
    sheet = paper(rng, motif.size, motif.palette[0], strength=1.3)
    return COMPOSITIONS[motif.kind](sheet, motif, rng)


def glued(picture: Pixels, outlines: list[Pixels], colour: str, rng: Generator) -> Pixels:
    """Glue pieces of one painted paper: gouache strokes in one direction, a soft shadow to the lower right."""
    size = (picture.shape[1], picture.shape[0])
    plate = Plate(size)
    for outline in outlines:
        plate.polygon(outline)
    mask = plate.pixels()
    shadow = np.roll(blurred(mask, 3.5), (4, 3), axis=(0, 1))
    strokes = 0.045 * fractal_noise(rng, size, 12, octaves=2, stretch=14) + 0.03 * smooth_noise(rng, size, 90)
    gouache = np.clip(rgb(colour) * (1 + strokes[..., None]), 0, 1)
    return mix(picture * (1 - 0.30 * shadow)[..., None], gouache, mask)


def garden(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint coloured sheets side by side, with one frond on each."""
    (width, height), m = motif.size, 0.05 * min(motif.size)
    columns = 3 if width <= height else 4
    rows = 3 if width > 0.9 * height else 4
    wide, high = (width - 2 * m) / columns, (height - 2 * m) / rows
    for i, j in product(range(columns), range(rows)):
        x, y = m + i * wide, m + j * high
        back, front = rng.choice(len(motif.palette), 2, replace=False)
        picture = patch(picture, box(x, y, x + wide - 4, y + high - 4, rng), motif.palette[back], rng)
        shape = frond(x + wide / 2, y + high / 2, min(wide, high) * 0.84, rng.choice([-1.57, -1.2, -1.9, -0.8]), rng)
        picture = patch(picture, shape, motif.palette[front], rng)
    return picture


def patch(picture: Pixels, outline: Pixels, colour: str, rng: Generator) -> Pixels:
    """Glue one piece, painting only its part of the picture, which is much faster than the whole sheet."""
    low = np.clip(np.floor(outline.min(0)).astype(int) - 20, 0, None)
    high = np.ceil(outline.max(0)).astype(int) + 20
    part = picture[low[1] : high[1], low[0] : high[0]]
    whole = picture.copy()
    whole[low[1] : high[1], low[0] : high[0]] = glued(part, [outline - low], colour, rng)
    return whole


def single(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint one large frond over two sheets."""
    (width, height), m = motif.size, 0.06 * min(motif.size)
    split = height * rng.uniform(0.4, 0.65)
    picture = patch(picture, box(m, m, width - m, split, rng), motif.palette[1], rng)
    picture = patch(picture, box(m, split, width - m, height - m, rng), motif.palette[2], rng)
    picture = patch(picture, frond(width / 2, height / 2, 0.8 * height, -1.4, rng, pairs=6), motif.palette[3], rng)
    spots = [
        pebble(x * width, y * height, 0.028 * width, rng)
        for x, y in ((0.16, 0.16), (0.84, 0.82), (0.83, 0.2), (0.17, 0.78))
    ]
    return glued(picture, spots, motif.palette[4], rng)


def falling(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint leaves all over the sheet, as if they fell."""
    (width, height), m = motif.size, 0.05 * min(motif.size)
    picture = patch(picture, box(m, m, width - m, height - m, rng), motif.palette[1], rng)
    shapes = []
    for i in range(34):  # the golden ratio avoids clusters
        x, y = m * 2 + (width - 4 * m) * ((i * 0.618) % 1), m * 2 + (height - 4 * m) * i / 33
        length = 0.19 * min(motif.size) * rng.uniform(0.7, 1.3)
        shapes.append(leaf(x, y, length, rng.uniform(0, 6.3), rng))
    for i, colour in enumerate(motif.palette[2:]):
        picture = glued(picture, shapes[i :: len(motif.palette) - 2], colour, rng)
    return picture


def flowers(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint star-shaped flowers and fronds on tall bands."""
    (width, height), m = motif.size, 0.05 * min(motif.size)
    edges = np.concatenate([[m], np.sort(rng.uniform(0.25, 0.75, 2)) * width, [width - m]])
    for i in range(3):
        picture = patch(picture, box(edges[i], m, edges[i + 1], height - m, rng), motif.palette[1 + i], rng)
    shapes = [
        flower(
            width * ((i * 0.382 + 0.2) % 0.84 + 0.08),
            height * (0.1 + 0.8 * i / 12),
            0.085 * min(motif.size) * rng.uniform(0.7, 1.4),
            rng,
        )
        for i in range(13)
    ]
    picture = glued(picture, shapes[::2], motif.palette[0], rng)
    return glued(picture, shapes[1::2], motif.palette[-1], rng)


def birds(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint birds over the sea, and plants under it."""
    (width, height), m = motif.size, 0.05 * min(motif.size)
    picture = patch(picture, box(m, m, width - m, height * 0.56, rng), motif.palette[1], rng)
    picture = patch(picture, box(m, height * 0.56, width - m, height - m, rng), motif.palette[2], rng)
    flock = [
        bird(
            width * (0.16 + 0.17 * i),
            height * (0.17 + 0.23 * ((i * 3) % 4) / 3),
            0.21 * min(motif.size) * rng.uniform(0.7, 1.25),
            rng.uniform(-0.6, 0.5),
            rng,
        )
        for i in range(5)
    ]
    weeds = [
        frond(
            width * (0.17 + 0.132 * i),
            height * 0.76,
            0.27 * min(motif.size) * rng.uniform(0.75, 1.1),
            -1.57 + rng.normal(0, 0.2),
            rng,
        )
        for i in range(6)
    ]
    picture = glued(picture, flock, motif.palette[0], rng)
    return glued(glued(picture, weeds[::2], motif.palette[3], rng), weeds[1::2], motif.palette[4], rng)


def stones(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint pebbles within pebbles."""
    (width, height) = motif.size
    for i in range(9):
        x, y = (width * (0.2 + 0.3 * (i % 3)) + rng.normal(0, 14), height * (0.2 + 0.3 * (i // 3)) + rng.normal(0, 14))
        radius = 0.135 * min(motif.size) * rng.uniform(0.8, 1.15)
        for share, colour in zip((1.0, 0.66, 0.34), rng.permutation(np.array(motif.palette[1:]))[:3], strict=True):
            picture = patch(picture, pebble(x, y, radius * share, rng), str(colour), rng)
    return picture


COMPOSITIONS = {
    "garden": garden,
    "single": single,
    "falling": falling,
    "flowers": flowers,
    "birds": birds,
    "stones": stones,
}
WHITE, INK = "#f2ede0", "#23211f"

FAMILY = Family(
    name="cutouts",
    department="Modern and Contemporary Art",
    classification="Collages",
    mediums=("Gouache on paper, cut and pasted", "Cut paper on paper, mounted on canvas"),
    long_side_cm=(42, 190),
    makers=(
        Maker(("Solange Aubertin",), "French", 1943, 1957),
        Maker(("Nadia Ferroukhi-Blanc",), "Algerian", 1951, 1969),
    ),
    notes={
        "garden": "Each sheet of colour carries one frond, cut without drawing.",
        "single": "One great frond stands across two sheets.",
        "falling": "Leaves lie all over, as if let go of from above.",
        "flowers": "Flowers cut from white and coloured sheets over tall bands.",
        "birds": "Birds over the sea, and weeds growing beneath it.",
        "stones": "Pebbles of paper, one within the other.",
    },
    motifs=(
        Motif("The Seaweed Garden", "garden", (WHITE, "#2c5aa0", "#d9482f", "#e8b23a", "#3c8a5a", "#d98aa6"), SQUARE),
        Motif("Twelve Sheets", "garden", ("#efe6cf", "#3b3b6d", "#c96a3a", "#7fa08a", INK, "#e3c26a"), TALL),
        Motif("Herbal in Blue and White", "garden", (WHITE, "#1f4e9c", "#8fb3d9", "#14305f"), BROAD),
        Motif("The Large Frond", "single", (WHITE, "#e8b23a", "#d65a3a", "#1f5a4a", INK), TALL),
        Motif("Frond at Night", "single", ("#e8e2d4", "#1f2f5a", "#30498a", "#f0e2b0", "#d9663f"), TALL),
        Motif("Falling Leaves", "falling", (WHITE, "#f0d9b0", "#c2472c", "#6d7a35", "#e09a35", "#7a2f2a"), SQUARE),
        Motif("Leaves on Blue", "falling", (WHITE, "#2a5fa8", "#f2ede0", "#8fc0c9", "#f0c64f"), BROAD),
        Motif("Snow Flowers", "flowers", (WHITE, "#3f7f8a", "#c94f6d", "#e5a93c", "#27345c"), TALL),
        Motif("Flowers on Three Bands", "flowers", ("#f4eee2", "#7a6aa8", "#2f6b4f", "#d9a08a", "#f0cf5a"), BROAD),
        Motif("Lagoon with Birds", "birds", (WHITE, "#7fb3c9", "#2a6a9a", "#1f4a3f", "#e0873a"), BROAD),
        Motif("Birds, Evening", "birds", ("#f3e6cf", "#e08a5a", "#5a3f6d", "#2a2340", "#d9b24a"), TALL),
        Motif("Pebbles", "stones", ("#e9e0cd", "#c9573c", "#2f5f7f", "#e0b04a", "#5a7a5a", INK, "#f4efe4"), SQUARE),
    ),
    paint=paint,
)
