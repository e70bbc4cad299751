"""Stars, constellations and moons, for charts of the sky."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, Plate, axes, mix, rgb, smoothstep
from collection.study.records import Motif

NAMES = ("Ardea", "Cista", "Lyrum", "Navis", "Ovis", "Corvulus", "Pelta", "Vespa", "Harpa", "Salix", "Turris", "Cervus")


def constellations(plate: Plate, x: float, y: float, radius: float, rng: Generator) -> None:
    names = rng.permutation(np.array(NAMES))
    for i in range(11):
        turn, away = 2 * np.pi * i / 8 + rng.normal(0, 0.1), radius * (0.74 if i < 8 else 0.33)
        centre = np.array([x + np.cos(turn) * away, y + np.sin(turn) * away])
        stars = centre + rng.normal(0, radius * 0.085, (6, 2))
        stars = stars[np.argsort(stars[:, 0])]
        plate.line(stars, 0.9)
        plate.line([stars[2], stars[5]], 0.9)
        for star in stars:
            twinkle(plate, star[0], star[1], radius * rng.uniform(0.012, 0.03))
        plate.write(centre[0], centre[1] + radius * 0.15, str(names[i]), max(11.0, radius * 0.032))
    for turn, away, size in zip(
        rng.uniform(0, 6.3, 160), np.sqrt(rng.uniform(0, 0.95, 160)), rng.exponential(0.8, 160), strict=True
    ):
        plate.disc(x + np.cos(turn) * away * radius, y + np.sin(turn) * away * radius, 0.6 + size)


def twinkle(plate: Plate, x: float, y: float, reach: float) -> None:
    """Draw a star of eight points."""
    turn = np.arange(16) * np.pi / 8
    long = np.where(np.arange(16) % 2, 0.36, np.where(np.arange(16) % 4, 0.62, 1.0)) * reach
    plate.polygon(np.stack([x + np.cos(turn) * long, y + np.sin(turn) * long], axis=-1))


SEAS = (
    (-0.32, -0.38, 0.34),
    (0.22, -0.42, 0.24),
    (0.36, -0.12, 0.22),
    (-0.55, 0.05, 0.30),
    (0.60, 0.12, 0.16),
    (-0.18, 0.36, 0.24),
)


def moon(picture: Pixels, place: tuple[float, float], radius: float, age: float, motif: Motif) -> Pixels:
    """Paint the moon into its part of the picture. `age` runs from new (0) over full (0.5) to new (1)."""
    left, top, side = int(place[0] - radius) - 2, int(place[1] - radius) - 2, int(2 * radius) + 5
    x, y = axes((side, side))
    u, v = (x + left - place[0]) / radius, (y + top - place[1]) / radius
    disc = smoothstep(1 + 1 / radius, 1 - 1 / radius, np.hypot(u, v))
    limb = np.sqrt(np.clip(1 - v**2, 0, 1)) * np.cos(2 * np.pi * age)
    lit = smoothstep(-0.03, 0.03, (u - limb) if age <= 0.5 else (-u - limb))
    seas = np.clip(sum(smoothstep(r * 1.15, r * 0.7, np.hypot(u - a, (v - b) * 1.1)) for a, b, r in SEAS), 0, 1)
    face = mix(rgb(motif.palette[3]), rgb(motif.palette[3]) * 0.76, seas)
    corner = picture[top : top + side, left : left + side]
    corner[:] = mix(corner, mix(np.broadcast_to(rgb(motif.palette[2]), face.shape), face, lit), disc)
    return picture
