"""Flow-field ink landscapes: thousands of strokes along one angle field."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, Plate, Size, fractal_noise, ink, paper
from collection.study.records import Family, Maker, Motif

BROAD, TALL, SCROLL, LONG = (1060, 760), (780, 1040), (560, 1100), (1100, 500)


def paint(motif: Motif, rng: Generator) -> Pixels:
    """Palette: paper, ink, a thinner ink, the seal."""
    sheet = paper(rng, motif.size, motif.palette[0], strength=1.4)
    dark, pale = COMPOSITIONS[motif.kind](motif, rng)
    drawn = ink(ink(sheet, pale.pixels(), motif.palette[2], 0.9), dark.pixels(), motif.palette[1], 0.86)
    return sealed(drawn, motif, rng)


def sealed(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Add the seal of the artist, low in a corner."""
    plate, side = Plate(motif.size), 0.04 * max(motif.size)
    x = motif.size[0] * (0.075 if rng.random() < 0.5 else 0.925) - side / 2
    y = motif.size[1] - 0.06 * max(motif.size) - side
    plate.polygon([(x, y), (x + side, y + 1), (x + side, y + side), (x, y + side)])
    for i in range(3):
        a, b = rng.uniform(0.15, 0.5, 2) * side
        plate.line([(x + a, y + side * (0.2 + 0.3 * i)), (x + side * 0.85, y + side * (0.2 + 0.3 * i))], 2, 0)
        plate.line([(x + b + 6, y + side * 0.15), (x + b + 6, y + side * 0.85)], 2, 0)
    return ink(picture, plate.pixels(), motif.palette[3], 0.85)


def streams(starts: Pixels, angle: Pixels, steps: int, stride: float, size: Size) -> Pixels:
    """Follow an angle field (H, W) in radians from starts (N, 2). Return paths (N, steps, 2), in px."""
    paths, place = [starts], starts
    for _ in range(steps - 1):
        i = np.clip(place[:, 1].astype(int), 0, size[1] - 1)
        j = np.clip(place[:, 0].astype(int), 0, size[0] - 1)
        turn = angle[i, j]
        place = place + stride * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
        paths.append(place)
    return np.stack(paths, axis=1)


def wind(motif: Motif, rng: Generator) -> tuple[Plate, Plate]:
    """Draw grass on a hillside in the wind, and a sun as an empty disc."""
    (width, height), dark, pale = motif.size, Plate(motif.size), Plate(motif.size)
    x = np.arange(width)
    hill = height * (0.52 + 0.10 * np.sin(x / width * rng.uniform(2, 5) + rng.uniform(0, 6)))
    angle = rng.choice([-1.15, -1.95]) + 0.75 * fractal_noise(rng, motif.size, 230, octaves=2)
    starts = np.stack([rng.uniform(0.04, 0.96, 2400) * width, rng.uniform(0, 0.95, 2400) * height], -1)
    starts = starts[starts[:, 1] > hill[starts[:, 0].astype(int)]]
    for path in streams(starts, angle, 12, 0.0075 * height, motif.size):
        near = path[0, 1] / height
        (dark if rng.random() < near**1.5 else pale).line(path[: 4 + int(8 * near)], 0.6 + 1.6 * near**2)
    sun = np.array([width * rng.uniform(0.25, 0.75), height * 0.24])
    currents(pale, motif, rng, sun, 0.1 * min(motif.size), hill.min() - 20)
    return dark, pale


def currents(plate: Plate, motif: Motif, rng: Generator, sun: Pixels, radius: float, floor: float) -> None:
    """Draw long strokes of sky that go around the sun."""
    (width, height) = motif.size
    starts = np.stack([np.full(44, 0.05 * width), np.linspace(0.06 * height, floor, 44) + rng.normal(0, 5, 44)], -1)
    paths = streams(starts, around(motif.size, [(sun[0], sun[1], radius)]), 120, width * 0.9 / 118, motif.size)
    for path in paths:
        first, last = int(rng.integers(0, 30)), int(rng.integers(60, 120))
        plate.line(path[first:last], 0.9)
    plate.ring(sun[0], sun[1], radius * 0.94, 1.4)


def around(size: Size, stones: list[tuple[float, float, float]]) -> Pixels:
    """Return the direction (H, W) of an even flow from the left around cylinders (potential flow)."""
    x, y = np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5)
    u, v = np.ones_like(x), np.zeros_like(x)
    for cx, cy, radius in stones:
        dx, dy = x - cx, y - cy
        square = np.maximum(dx**2 + dy**2, radius**2)
        u -= radius**2 * (dx**2 - dy**2) / square**2
        v -= radius**2 * 2 * dx * dy / square**2
    return np.asarray(np.arctan2(v, u))


def stones(motif: Motif, rng: Generator) -> tuple[Plate, Plate]:
    """Draw raked gravel around a few stones."""
    (width, height), dark, pale = motif.size, Plate(motif.size), Plate(motif.size)
    count = int(rng.integers(3, 6))
    places = [
        (
            width * (0.18 + 0.64 * (i + rng.uniform(0.2, 0.8)) / count),
            height * rng.uniform(0.2, 0.78),
            min(motif.size) * rng.uniform(0.05, 0.13),
        )
        for i in range(count)
    ]
    starts = np.stack([np.full(96, 0.045 * width), np.linspace(0.05, 0.95, 96) * height], -1)
    for i, path in enumerate(streams(starts, around(motif.size, places), 290, width * 0.91 / 228, motif.size)):
        (dark if i % 4 == 0 else pale).line(path[path[:, 0] < 0.955 * width], 1.5 if i % 4 == 0 else 1.1)
    for x, y, radius in places:
        turn = np.linspace(0, 2 * np.pi, 60)
        edge = radius * 0.86 * (1 + 0.06 * np.sin(3 * turn + x) + 0.04 * np.sin(5 * turn + y))
        for plate, tone in ((pale, 0), (dark, 255)):
            plate.polygon(np.stack([x + np.cos(turn) * edge, y + np.sin(turn) * edge * 0.9], -1), tone)
    return dark, pale


def hills(motif: Motif, rng: Generator) -> tuple[Plate, Plate]:
    """Draw hills line by line, each hiding the ones behind it."""
    (width, height), dark, pale = motif.size, Plate(motif.size), Plate(motif.size)
    left, right, count = int(0.07 * width), int(0.93 * width), 62
    relief = fractal_noise(rng, (width, count), rng.uniform(9, 16), octaves=4, stretch=9)
    spread = np.exp(-(((np.arange(width) - width * rng.uniform(0.35, 0.65)) / (0.24 * width)) ** 2))
    x = np.arange(left, right)
    for i in range(count):
        base = height * (0.24 + 0.68 * i / (count - 1))
        wobble = np.abs(relief[i]) * (0.10 + 0.9 * spread) * 0.115 * height
        line = np.stack([x, (base - wobble[left:right] * (0.45 + 0.8 * np.sin(np.pi * i / count)))], -1)
        for plate in (dark, pale):
            plate.polygon([*line, (right, base + 50), (left, base + 50)], 0)
        (dark if i % 3 == 0 else pale).line(line, 1.5)
    sun = width * rng.uniform(0.2, 0.8)
    pale.disc(sun, height * 0.11, 0.055 * min(motif.size))
    return dark, pale


def eddies(motif: Motif, rng: Generator) -> tuple[Plate, Plate]:
    """Draw smoke or water with eddies."""
    dark, pale = Plate(motif.size), Plate(motif.size)
    field = fractal_noise(rng, motif.size, rng.uniform(190, 300), octaves=2)
    slope_y, slope_x = np.gradient(field)
    angle = np.arctan2(-slope_x, slope_y)
    starts = rng.uniform(0.08, 0.92, (1500, 2)) * motif.size
    for n, path in enumerate(streams(starts, angle, 60, 3.6, motif.size)):
        inside = np.all(
            (path > 0.05 * min(motif.size)) & (path < np.array(motif.size) - 0.05 * min(motif.size)), axis=1
        )
        last = int(np.argmin(inside)) if not inside.all() else len(path)
        if last > 6:
            (dark if n % 5 == 0 else pale).line(path[:last], 1.5 if n % 5 == 0 else 0.9)
    return dark, pale


def reeds(motif: Motif, rng: Generator) -> tuple[Plate, Plate]:
    """Draw reeds at the edge of water, and their broken reflection."""
    (width, height), dark, pale = motif.size, Plate(motif.size), Plate(motif.size)
    shore, lean = height * rng.uniform(0.66, 0.76), rng.uniform(-0.5, 0.5)
    for i in range(120):
        x = width * (0.1 + 0.8 * rng.beta(2, 3) if i % 2 else rng.uniform(0.1, 0.9))
        tall, bend = height * rng.uniform(0.12, 0.55), lean * rng.uniform(0.2, 1.0)
        t = np.linspace(0, 1, 14)
        stem = np.stack([x + bend * tall * 0.4 * t**2.2, shore - tall * t + rng.normal(0, 3)], -1)
        near = dark if rng.random() < 0.45 else pale
        for k in range(13):
            near.line(stem[k : k + 2], 2.8 * (1 - t[k]) + 0.6)
        if rng.random() < 0.3:
            near.line(stem[11:], 7)
        for k in range(0, 10, 2):
            y = 2 * shore - stem[k, 1] + 12
            pale.line([(stem[k, 0] - 9, y), (stem[k, 0] + rng.uniform(4, 16), y)], 1.0)
    for y in np.linspace(shore + 8, height * 0.93, 12):
        x = rng.uniform(0.08, 0.5) * width
        pale.line([(x, y), (x + rng.uniform(0.15, 0.4) * width, y)], 0.8)
    dark.ring(width * rng.uniform(0.25, 0.75), height * 0.2, 0.085 * min(motif.size), 1.6)
    return dark, pale


COMPOSITIONS = {"wind": wind, "stones": stones, "hills": hills, "eddies": eddies, "reeds": reeds}
RICE, BLACK, GREY, RED = "#ece5d4", "#1f1e1f", "#6f6c69", "#a8321f"

FAMILY = Family(
    name="inks",
    department="Asian Art",
    classification="Drawings",
    mediums=("Ink on paper", "Ink and light colour on paper", "Brush and ink on mulberry paper"),
    long_side_cm=(34, 140),
    makers=(
        Maker(("Seo Yun-gyeom",), "Korean", 1796, 1842),
        Maker(("Kuroda Hakusen",), "Japanese", 1889, 1928),
        Maker(("Ines Castelbranco",), "Portuguese", 1962, 1984),
    ),
    notes={
        "wind": "Thousands of short strokes lean with the wind; the sky parts round the sun.",
        "stones": "Raked gravel flows round a few stones.",
        "hills": "Line over line, each hiding what lies behind it, until hills appear.",
        "eddies": "Strokes follow a current that turns back on itself.",
        "reeds": "Reeds at the water's edge, and their broken reflection.",
    },
    motifs=(
        Motif("Hillside in the Wind", "wind", (RICE, BLACK, GREY, RED), BROAD),
        Motif("Summer Grass", "wind", ("#e9e4cc", "#26382c", "#7f8f74", RED), TALL),
        Motif("Wind from the East", "wind", ("#ddd3bd", "#3a2417", "#93745a", "#7f2a1f"), LONG),
        Motif("Garden of Five Stones", "stones", ("#e6e0d2", BLACK, "#8b8781", RED), BROAD),
        Motif("Dry Garden", "stones", ("#d8cdb6", "#33302c", "#8f8269", RED), TALL),
        Motif("Stones in a Blue Current", "stones", ("#e8e6dc", "#182c4f", "#6d88a8", RED), (1100, 620)),
        Motif("Hills, Line over Line", "hills", (RICE, BLACK, GREY, RED), TALL),
        Motif("Night Hills", "hills", ("#232833", "#e6e0cf", "#8f97a3", "#c9543a"), BROAD),
        Motif("Terraces", "hills", ("#eadfc8", "#4a2a1c", "#a3805f", RED), SCROLL),
        Motif("Eddies under the Bridge", "eddies", ("#e7e5da", "#14314d", "#6b8ba3", RED), TALL),
        Motif("Smoke", "eddies", ("#e9e2d3", BLACK, "#8d8883", RED), BROAD),
        Motif("Reeds, Late Autumn", "reeds", ("#e6dcc3", "#2b2620", "#8a7d68", RED), SCROLL),
    ),
    paint=paint,
)
