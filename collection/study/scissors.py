"""Outlines (N, 2) of cut paper, in px: fronds, leaves, flowers, pebbles and birds."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from collection.study.canvas import Pixels


def box(left: float, top: float, right: float, bottom: float, rng: Generator) -> Pixels:
    """Return a sheet cut by hand, whose corners are not quite square."""
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    return corners + rng.normal(0, 3, (4, 2))


def rounded(points: ArrayLike, steps: int = 10) -> Pixels:
    """Return a closed Catmull-Rom curve (N * steps, 2) through the points (N, 2)."""
    p1 = np.asarray(points, dtype=float)
    p0, p2, p3 = np.roll(p1, 1, 0), np.roll(p1, -1, 0), np.roll(p1, -2, 0)
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (p[:, None, :] for p in (p0, p1, p2, p3))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.asarray(curve.reshape(-1, 2))


# One lobe of a frond: places along the stem and away from it, in lobes. Lobes lean upwards and have round ends.
FINGER = ((-0.44, 0.06), (-0.30, 0.5), (-0.05, 0.88), (0.22, 1.02), (0.42, 0.92), (0.36, 0.5), (0.40, 0.10))


def frond(x: float, y: float, length: float, angle: float, rng: Generator, pairs: int = 5) -> Pixels:
    """Return the outline of a seaweed: pairs of lobes along a bending stem."""
    bend, fat = rng.uniform(-0.5, 0.5), rng.uniform(0.8, 1.15)
    right: list[tuple[float, float]] = []
    left: list[tuple[float, float]] = []
    for i in range(pairs):
        share = (i + 0.5) / pairs
        lobe = length * 0.34 * fat * np.sin(np.pi * (0.16 + 0.76 * share)) * rng.uniform(0.85, 1.15)
        for side, where in ((1, right), (-1, left)):
            for along, out in FINGER:
                where.append((share + along / pairs, side * max(out * lobe, length * 0.04) / length))
    path = np.array([(0.0, 0.02), *right, (1.08, 0.0), *left[::-1], (0.0, -0.02)])
    turn = angle + bend * (path[:, 0] - 0.5)
    places = np.stack(
        [np.cos(turn) * path[:, 0] - np.sin(turn) * path[:, 1], np.sin(turn) * path[:, 0] + np.cos(turn) * path[:, 1]],
        -1,
    )
    centre = np.array([np.cos(angle), np.sin(angle)]) * 0.5
    return rounded((places - centre) * length + [x, y])


def leaf(x: float, y: float, length: float, angle: float, rng: Generator) -> Pixels:
    t = np.linspace(0, 1, 24)
    breadth = np.sin(np.pi * t**0.8) * rng.uniform(0.16, 0.26)
    along, across = np.concatenate([t, t[::-1]]) - 0.5, np.concatenate([breadth, -breadth[::-1]])
    across = across + 0.3 * (along**2 - 0.25) * rng.choice([-1, 1])
    return np.stack(
        [np.cos(angle) * along - np.sin(angle) * across, np.sin(angle) * along + np.cos(angle) * across], -1
    ) * length + [x, y]


def flower(x: float, y: float, radius: float, rng: Generator) -> Pixels:
    petals, turn = int(rng.integers(4, 8)), rng.uniform(0, 6)
    angle = (np.arange(petals)[:, None] + np.array([-0.5, -0.3, 0.0, 0.3])).ravel() * 2 * np.pi / petals + turn
    reach = np.tile([0.34, 0.86, 1.0, 0.86], petals) * radius * rng.uniform(0.92, 1.08, petals * 4)
    return rounded(np.stack([x + np.cos(angle) * reach, y + np.sin(angle) * reach], -1))


def pebble(x: float, y: float, radius: float, rng: Generator) -> Pixels:
    angle = np.arange(8) * np.pi / 4
    reach = radius * rng.uniform(0.72, 1.15, 8)
    return rounded(np.stack([x + np.cos(angle) * reach * 1.1, y + np.sin(angle) * reach * 0.9], -1))


# A bird from the side, flying to the right: beak, wing, tail. It is one unit long.
BIRD = (
    (-0.5, 0.0), (-0.2, -0.06), (-0.12, -0.42), (0.06, -0.5), (0.10, -0.1), (0.34, -0.12), (0.52, -0.02),
    (0.34, 0.05), (0.12, 0.10), (0.0, 0.38), (-0.14, 0.40), (-0.16, 0.08), (-0.46, 0.14),
)  # fmt: skip


def bird(x: float, y: float, length: float, angle: float, rng: Generator) -> Pixels:
    lift = rng.uniform(0.7, 1.2)
    points = np.array(BIRD) * [1, lift]
    spin = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return rounded(points @ spin * length + [x, y])
