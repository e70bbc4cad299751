"""Solids of revolution: the outlines of vessels and fruit, and their shading."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collection.study.canvas import Pixels, Size, axes

# From top to foot: pairs of height (0 is the rim, 1 the foot) and radius, as a share of the height.
OUTLINES: dict[str, tuple[tuple[float, float], ...]] = {
    "bottle": (
        (0, 0.085),
        (0.03, 0.09),
        (0.06, 0.07),
        (0.33, 0.075),
        (0.45, 0.16),
        (0.55, 0.2),
        (0.95, 0.19),
        (1, 0.17),
    ),
    "flask": ((0, 0.07), (0.03, 0.085), (0.07, 0.055), (0.4, 0.06), (0.52, 0.16), (0.72, 0.3), (0.9, 0.26), (1, 0.14)),
    "vase": ((0, 0.17), (0.04, 0.16), (0.14, 0.11), (0.3, 0.26), (0.45, 0.32), (0.65, 0.27), (0.9, 0.14), (1, 0.16)),
    "jar": ((0, 0.2), (0.05, 0.22), (0.1, 0.2), (0.25, 0.38), (0.45, 0.46), (0.7, 0.38), (0.94, 0.22), (1, 0.23)),
    "amphora": (
        (0, 0.13),
        (0.04, 0.13),
        (0.08, 0.09),
        (0.22, 0.09),
        (0.32, 0.25),
        (0.5, 0.29),
        (0.75, 0.17),
        (0.92, 0.07),
        (1, 0.12),
    ),
    "bowl": ((0, 0.95), (0.1, 0.94), (0.35, 0.86), (0.6, 0.68), (0.8, 0.42), (0.88, 0.3), (1, 0.33)),
    "cup": ((0, 0.46), (0.1, 0.45), (0.5, 0.43), (0.75, 0.36), (0.9, 0.22), (1, 0.25)),
    "jug": ((0, 0.2), (0.05, 0.19), (0.22, 0.14), (0.4, 0.27), (0.58, 0.35), (0.8, 0.3), (1, 0.22)),
    "apple": ((0, 0.04), (0.02, 0.2), (0.1, 0.38), (0.3, 0.53), (0.5, 0.55), (0.7, 0.48), (0.9, 0.3), (1, 0.14)),
    "pear": ((0, 0.03), (0.03, 0.1), (0.15, 0.16), (0.35, 0.2), (0.55, 0.33), (0.72, 0.38), (0.9, 0.28), (1, 0.1)),
    "lemon": ((0, 0.02), (0.06, 0.06), (0.14, 0.2), (0.35, 0.36), (0.55, 0.38), (0.8, 0.27), (0.94, 0.08), (1, 0.03)),
}


ROUNDING = 37  # of 201 steps, so that there are no corners at the knots
TILT = 0.13  # the ratio of the ellipses that circles are when seen from slightly above


@dataclass(frozen=True)
class Turned:
    """One object: the name of its outline, the middle of its foot in px, and its height in px."""

    outline: str
    x: float
    foot: float
    height: float


@dataclass(frozen=True)
class Relief:
    """The visible surface, (H, W) each: coverage, place across (-1..1) and down (0..1, inside below 0), light."""

    mask: Pixels
    across: Pixels
    down: Pixels
    light: Pixels
    radius: Pixels  # (H, 1), px


def relief(thing: Turned, size: Size) -> Relief:
    """Return the visible surface. Light comes from the upper left, and a little from the right."""
    x, y = axes(size)
    rows = (np.arange(size[1], dtype=np.float32) + 0.5 - (thing.foot - thing.height)) / thing.height
    radius, lean = outline(thing.outline, rows)
    reach = (radius * thing.height)[:, None]
    across = (x - thing.x) / np.maximum(reach, 1e-3)
    bend = TILT * reach * np.sqrt(np.clip(1 - across**2, 0, 1))
    down = (y - bend - (thing.foot - thing.height)) / thing.height
    top, foot = thing.foot - thing.height - bend, thing.foot + bend
    mask = (
        np.clip(reach - np.abs(x - thing.x) + 0.5, 0, 1) * np.clip(y - top + 0.5, 0, 1) * np.clip(foot - y + 0.5, 0, 1)
    )
    facing = np.sqrt(np.clip(1 - across**2, 0, 1))
    lit = -0.62 * np.clip(across, -1, 1) + 0.62 * facing - 0.34 * np.clip(lean, -1.5, 1.5)[:, None]
    light = np.clip(0.30 + 0.58 * lit, 0, 1) + 0.10 * np.clip(across - 0.7, 0, 1)
    return Relief(mask, np.clip(across, -1, 1), down, np.clip(light, 0, 1), reach)


def outline(name: str, rows: Pixels) -> tuple[Pixels, Pixels]:
    """Return radius and slope, as shares of the height, at heights (H,) from 0 (rim) to 1 (foot). Smooth."""
    knots = np.array(OUTLINES[name])
    fine = np.linspace(0, 1, 201)
    radius = np.interp(fine, knots[:, 0], knots[:, 1])
    kernel = np.hanning(ROUNDING) / np.hanning(ROUNDING).sum()
    radius = np.convolve(np.pad(radius, ROUNDING // 2, mode="edge"), kernel, mode="valid")
    slope = np.gradient(radius, fine)
    return np.interp(rows, fine, radius), -np.interp(rows, fine, slope)
