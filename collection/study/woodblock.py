"""Parts of a woodcut of the sea: sky, rows of waves with foam, and the grain of the block."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, Plate, axes, mix, moved, rgb, smooth_noise
from collection.study.records import Motif


def block_grain(flat: Pixels, rng: Generator) -> Pixels:
    """Print the long rings of the plank into the colour."""
    size = (flat.shape[1], flat.shape[0])
    rings = np.sin(smooth_noise(rng, size, 120, stretch=5) * 26 + axes(size)[1] / 9)
    return np.asarray(
        np.clip(flat * (1 + 0.018 * rings + 0.012 * smooth_noise(rng, size, 3, stretch=9))[..., None], 0, 1)
    )


def crest(length: float, swell: float, sharp: float, lean: float, start: float, width: int) -> Pixels:
    """Return the points (N, 2) of a leaning Gerstner wave (1802) around y = 0, with its crests at -swell."""
    turns = int(width / length) + 4
    theta = np.linspace(-2 * np.pi, 2 * np.pi * turns, 60 * turns)
    x = length / (2 * np.pi) * (theta - sharp * np.sin(theta)) + start
    rise = (1 + np.cos(theta)) / 2
    return np.stack([x - lean * swell * rise**2, -swell * np.cos(theta) - 0.35 * swell * rise**3], axis=-1)


def row(plate: Plate, motif: Motif, base: float, points: Pixels, colour: str, rng: Generator) -> None:
    """Paint one row of waves: body, contour lines that flatten towards the foot, foam with fingers."""
    (width, height), line = motif.size, moved(points, 0, base)
    plate.polygon([*line, (width + 400, height + 50), (-400, height + 50)], colour)
    swell = float(np.ptp(points[:, 1]))
    for i in range(1, 7):
        inner = points * [1, 1 - 0.12 * i] + [3.0 * i, base + swell * (0.09 * i + 0.02 * i**1.6)]
        plate.line(inner, 1.0 + 2.4 / i, motif.palette[2] if i < 4 else motif.palette[3])
    plate.line(line, 2.2, motif.palette[5])
    tops = points[:, 1] < points[:, 1].min() + 0.42 * swell
    for x, y in line[tops][::2]:
        size = min(swell, 150) * rng.uniform(0.035, 0.075)
        plate.disc(x + rng.normal(0, 2), y + size * rng.uniform(-0.2, 1.1), size, motif.palette[2])
    for x, y in line[tops][::4]:
        spray = np.array([x, y]) + rng.normal(0, swell * 0.16, 2) - [swell * 0.1, swell * 0.16]
        plate.disc(spray[0], spray[1], rng.uniform(1.0, 3.2), motif.palette[2])


def sea(plate: Plate, motif: Motif, rng: Generator, horizon: float, ranks: int, swell: float, lean: float) -> None:
    """Paint rows of waves that grow towards the front."""
    (width, height), colours = motif.size, motif.palette[3:6]
    plate.polygon([(0, horizon * height), (width, horizon * height), (width, height), (0, height)], colours[0])
    for i in range(ranks):
        share = (i + 0.6) / ranks
        size = swell * height * (0.25 + 0.85 * share)
        points = crest(size * rng.uniform(4.2, 5.4), size, 0.86, lean * share, -rng.uniform(0, 5 * size), width)
        row(
            plate,
            motif,
            height * (horizon + (1.02 - horizon) * share**1.15) + size * 0.5,
            points,
            colours[(i + 1) % 3],
            rng,
        )


def sky(motif: Motif, tone: float = 1.0) -> Plate:
    """Paint the sky with bokashi: its colour fades towards the horizon."""
    plate = Plate(motif.size, motif.palette[0])
    for i in range(60):
        share = i / 60
        y = motif.size[1] * 0.5 * share
        colour = mix(rgb(motif.palette[1]), rgb(motif.palette[0]), min(1.0, share * 1.25 / tone))
        box = [(0, y), (motif.size[0], y), (motif.size[0], motif.size[1]), (0, motif.size[1])]
        plate.polygon(box, "#" + "".join(f"{round(float(c) * 255):02x}" for c in colour))
    return plate
