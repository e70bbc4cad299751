"""Bauhaus circles: discs, rings, quarters and the transparency where they overlap."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, Plate, fractal_noise, mix, paper, plain, printed, rgb
from collection.study.records import Family, Maker, Motif

TALL, SQUARE, BROAD = (760, 1040), (960, 960), (1060, 800)


def paint(motif: Motif, rng: Generator) -> Pixels:
    flat = COMPOSITIONS[motif.kind](motif, rng)
    mottled = flat * (1 + 0.018 * fractal_noise(rng, motif.size, 70, octaves=4))[..., None]
    return printed(mottled, paper(rng, motif.size, motif.palette[0], strength=1.4))


def overlaps(motif: Motif, rng: Generator) -> Pixels:
    """Paint large transparent discs. Their colours multiply where they overlap."""
    (width, height), reach = motif.size, min(motif.size)
    picture = plain(motif.size, motif.palette[0])
    for i, colour in enumerate(motif.palette[1:]):
        turn, plate = 2.4 * i + rng.uniform(0, 0.6), Plate(motif.size)
        x, y = width / 2 + np.cos(turn) * reach * 0.19, height / 2 + np.sin(turn) * height * 0.21
        plate.disc(x, y, reach * rng.uniform(0.14, 0.29))
        picture = mix(picture, picture * rgb(colour) * 1.06, plate.pixels())
    rods = Plate(motif.size)
    for x in rng.uniform(0.15, 0.85, 2) * width:
        rods.line([(x, 0.07 * height), (x + rng.uniform(-0.3, 0.3) * width, 0.93 * height)], 2.5)
    return mix(picture, rgb("#1e1c1b"), 0.85 * rods.pixels())


def quarters(motif: Motif, rng: Generator) -> Pixels:
    """Paint a grid of squares with quarter, half and whole discs."""
    plate, (width, height), margin = Plate(motif.size, motif.palette[0]), motif.size, 0.07 * min(motif.size)
    side = (min(motif.size) - 2 * margin) / int(rng.integers(4, 6))
    columns, rows = int((width - 2 * margin) / side + 0.01), int((height - 2 * margin) / side + 0.01)
    left, top = (width - columns * side) / 2, (height - rows * side) / 2
    for i, j in product(range(columns), range(rows)):
        x, y = left + i * side, top + j * side
        back, front = rng.choice(len(motif.palette), 2, replace=False)
        plate.polygon([(x, y), (x + side, y), (x + side, y + side), (x, y + side)], motif.palette[back])
        corner = int(rng.integers(4))
        cx, cy = x + side * (corner in (1, 2)), y + side * (corner in (2, 3))
        shape = rng.choice(["quarter", "quarter", "disc", "half", "rings"])
        if shape == "disc":
            plate.disc(x + side / 2, y + side / 2, side * rng.choice([0.26, 0.4]), motif.palette[front])
        elif shape == "half":
            plate.pie(x + side / 2, y + side / 2, side / 2, 90 * corner, 90 * corner + 180, motif.palette[front])
        else:
            steps = (1.0,) if shape == "quarter" else (1.0, 0.75, 0.5, 0.25)
            for n, share in enumerate(steps):
                tone = motif.palette[(front, back)[n % 2]]
                plate.pie(cx, cy, side * share, 90 * corner, 90 * corner + 90, tone)
    return plate.pixels()


def orbits(motif: Motif, rng: Generator) -> Pixels:
    """Paint discs of all sizes on a dark ground, some with a ring or a hole."""
    plate, (width, height) = Plate(motif.size, motif.palette[0]), motif.size
    placed: list[tuple[float, float, float]] = []
    for radius in np.geomspace(0.18, 0.012, 30) * min(motif.size):
        for _ in range(30):
            x, y = rng.uniform(radius, width - radius), rng.uniform(radius, height - radius)
            if all(np.hypot(x - a, y - b) > (radius + c) * 0.86 for a, b, c in placed):
                break
        placed.append((x, y, radius))
        colours = rng.permutation(np.array(motif.palette[1:]))
        plate.disc(x, y, radius, str(colours[0]))
        plate.ring(x, y, radius * 1.16, max(1, radius * 0.035), str(colours[1]))
        plate.disc(x + radius * rng.uniform(-0.2, 0.2), y, radius * rng.uniform(0.3, 0.75), str(colours[2]))
        plate.disc(x, y + radius * rng.uniform(-0.1, 0.1), radius * 0.22, str(colours[3 % len(colours)]))
    return plate.pixels()


def target(motif: Motif, rng: Generator) -> Pixels:
    """Paint rings around one centre, cut along an axis and shifted."""
    whole = []
    for _ in range(2):
        plate = Plate(motif.size, motif.palette[0])
        radii = np.sort(rng.uniform(0.05, 0.38, 9))[::-1] * min(motif.size)
        for i, radius in enumerate(radii):
            plate.disc(motif.size[0] / 2, motif.size[1] / 2, radius, motif.palette[1 + i % (len(motif.palette) - 1)])
        whole.append(plate.pixels())
    cut = motif.size[0] // 2 + int(rng.integers(-40, 40))
    shift = int(motif.size[1] * rng.uniform(0.04, 0.11))
    picture = np.roll(whole[0], -shift, axis=0)
    picture[:, cut:] = np.roll(whole[1], shift, axis=0)[:, cut:]
    return picture


def stairs(motif: Motif, rng: Generator) -> Pixels:
    """Paint rising half discs, with stripes and one long diagonal."""
    plate, (width, height) = Plate(motif.size, motif.palette[0]), motif.size
    count, colours = int(rng.integers(5, 7)), motif.palette[1:]
    radius = 0.86 * width / (count + 1.2)
    for i in range(count):
        x, y = 0.1 * width + radius * (i + 0.8), height * (0.80 - 0.58 * i / (count - 1))
        plate.pie(x, y, radius * 0.86, 180, 360, colours[i % len(colours)])
        plate.pie(x, y + 7, radius * 0.86, 0, 180, colours[(i + 1) % len(colours)])
        plate.disc(x, y + 3, radius * 0.26, motif.palette[0])
    for i in range(7):
        y = height * (0.07 + 0.022 * i)
        plate.line([(0.1 * width, y), (0.1 * width + width * (0.44 - 0.045 * i), y)], 5, colours[0])
    plate.line([(0.06 * width, 0.97 * height), (0.97 * width, 0.16 * height)], 4, colours[-1])
    return plate.pixels()


def profile(motif: Motif, rng: Generator) -> Pixels:
    """Paint a poster: one large disc, bars against it, a small disc as an eye."""
    plate, (width, height), colours = Plate(motif.size, motif.palette[0]), motif.size, motif.palette[1:]
    radius = 0.31 * min(motif.size)
    x, y = width * rng.uniform(0.42, 0.5), height * 0.4
    plate.disc(x, y, radius, colours[0])
    plate.pie(x, y, radius, -90, 90, colours[1])
    plate.polygon(
        [(x, y - radius * 0.2), (width, y - radius * 0.2), (width, y + radius * 0.14), (x, y + radius * 0.14)],
        colours[2],
    )
    plate.polygon(
        [(x - radius * 0.22, y), (x + radius * 0.1, y), (x + radius * 0.1, height), (x - radius * 0.22, height)],
        colours[-1],
    )
    plate.disc(x + radius * 0.5, y - radius * 0.5, radius * 0.16, motif.palette[0])
    for i in range(4):
        plate.ring(x, y, radius * (1.14 + 0.12 * i), 3, colours[i % len(colours)])
    return plate.pixels()


COMPOSITIONS = {
    "overlaps": overlaps,
    "quarters": quarters,
    "orbits": orbits,
    "target": target,
    "stairs": stairs,
    "profile": profile,
}
PAPER, INK = "#eee7d8", "#1f1e1d"

FAMILY = Family(
    name="bauhaus",
    department="Design",
    classification="Prints",
    mediums=("Colour lithograph", "Gouache on board", "Screenprint"),
    long_side_cm=(28, 90),
    makers=(
        Maker(("Anneliese Kroh",), "German", 1922, 1933),
        Maker(("Tibor Halmágyi",), "Hungarian", 1921, 1934),
        Maker(("Anneliese Kroh", "Tibor Halmágyi"), "German and Hungarian", 1925, 1930),
        Maker(("Jo Wernicke-Dahl",), "Swiss", 1946, 1962),
    ),
    notes={
        "overlaps": "Transparent discs; each overlap is a colour of its own.",
        "quarters": "A grid of squares holds quarter, half and whole discs.",
        "orbits": "Discs of every size drift across a dark ground, some ringed, some hollow.",
        "target": "Rings about one centre are cut along an axis and shifted against each other.",
        "stairs": "Halved discs climb from left to right.",
        "profile": "A halved disc, two bars and an eye make the sign of a workshop.",
    },
    motifs=(
        Motif("Transparencies III", "overlaps", (PAPER, "#e0a43a", "#c9503c", "#4f86a8", "#8fae8a", "#d98f86"), SQUARE),
        Motif("Transparencies VII", "overlaps", ("#e9e4da", "#7f9fc0", "#d9b45a", "#a8788f", "#6fa398"), TALL),
        Motif("Slow Chord", "overlaps", ("#f1ead6", "#e9b9a0", "#9db7b0", "#c98a5a", "#6d7f9c", "#d9cf8a"), BROAD),
        Motif("Exercise in Quarters, Primary", "quarters", (PAPER, "#c23a2a", "#284a8a", "#e0ae32", INK), SQUARE),
        Motif("Exercise in Quarters, Muted", "quarters", ("#e2dac6", "#5f7f78", "#c98f6a", "#38434a", "#b5b99a"), TALL),
        Motif("Wall Covering, Pattern 14", "quarters", ("#d9cdb4", "#8c4a34", "#e9dfc8", "#3d4a3f"), BROAD),
        Motif("Several Orbits", "orbits", ("#17161b", "#c9573c", "#4a78a8", "#e3c26a", "#8f6a9c", "#d9d2c2"), SQUARE),
        Motif("Night Exercise with Discs", "orbits", ("#1f2b3d", "#e2d8bf", "#b0703f", "#7f9fa8", "#c9a24f"), TALL),
        Motif("Shifted Target", "target", (PAPER, INK, "#d0452f", "#e8c560", "#3f6f8f"), SQUARE),
        Motif("Shifted Target, Cool", "target", ("#dfe0da", "#23354a", "#7fa3a8", "#c9d0c2", "#c97f4f"), BROAD),
        Motif("Ascending Halves", "stairs", ("#ece2cc", INK, "#c9432f", "#2f5f8a", "#dfa938"), BROAD),
        Motif("Sign for a Workshop", "profile", ("#e8dcc2", "#c8402c", INK, "#2d5a8a", "#dba432"), TALL),
    ),
    paint=paint,
)
