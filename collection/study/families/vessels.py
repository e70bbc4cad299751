"""Vessels as photographed for a catalogue: glazed and painted pots on a grey backdrop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.random import Generator

from collection.study.canvas import (
    Pixels,
    Plate,
    Size,
    axes,
    blurred,
    fractal_noise,
    mix,
    moved,
    rgb,
    smooth_noise,
    smoothstep,
)
from collection.study.records import Family, Maker, Motif
from collection.study.turned import OUTLINES, TILT, Relief, Turned, relief

Decoration: TypeAlias = Callable[[Pixels, Pixels, Motif, Generator], Pixels]
UPRIGHT, BROAD, SQUARE = (800, 1000), (1040, 800), (940, 940)
HEIGHTS = {"bowl": 0.40, "cup": 0.55, "jar": 0.60, "bottle": 0.72, "flask": 0.72, "amphora": 0.76}


def paint(motif: Motif, rng: Generator) -> Pixels:
    """The kind is "outline, decoration". Palette: backdrop, glaze, two colours of decoration."""
    outline, decoration = motif.kind.split(", ")
    width, height = motif.size
    tall = HEIGHTS.get(outline, 0.68) * height
    thing = Turned(outline, width * 0.5, height * 0.5 + tall * 0.53, tall)
    seen = relief(thing, motif.size)
    picture = backdrop(motif, thing, rng)
    return grain(mix(picture, glazed(seen, DECORATIONS[decoration], motif, rng), seen.mask), rng)


def backdrop(motif: Motif, thing: Turned, rng: Generator) -> Pixels:
    """Paint the backdrop: darker towards the edges, with the shadow of the pot to the right."""
    (width, height), (x, y) = motif.size, axes(motif.size)
    fall = 1.12 - 0.55 * np.hypot((x - 0.38 * width) / width, (y - 0.45 * height) / height)
    sweep = 1 + 0.10 * smoothstep(0.70 * height, 0.84 * height, y)
    ground = rgb(motif.palette[0]) * (fall * sweep)[..., None]
    contact = blurred(shadow(thing, motif.size, 1.12, 0.06), 7)
    thrown = blurred(shadow(thing, motif.size, 2.1, 0.45), 30)
    return np.asarray(np.clip(ground * (1 - 0.62 * contact - 0.38 * thrown)[..., None], 0, 1))


def shadow(thing: Turned, size: Size, reach: float, depth: float) -> Pixels:
    plate, turn = Plate(size), np.linspace(0, 2 * np.pi, 48)
    foot = OUTLINES[thing.outline][-1][1] * thing.height
    ellipse = np.stack([np.cos(turn) * foot * reach, np.sin(turn) * foot * max(depth, TILT)], axis=-1)
    plate.polygon(moved(ellipse, thing.x + foot * (reach - 1) * 0.8, thing.foot + 3))
    return plate.pixels()


def glazed(seen: Relief, decoration: Decoration, motif: Motif, rng: Generator) -> Pixels:
    """Shade the pot: colour, roundness, reflection of a window, crackle and speckles."""
    turn = np.arcsin(seen.across) / np.pi  # -0.5..0.5, along the surface
    colour = decoration(turn, seen.down, motif, rng)
    pooled = 1 + 0.05 * fractal_noise(rng, motif.size, 40, octaves=3)
    lit = 0.20 + 1.02 * seen.light
    body = colour * (lit * pooled)[..., None]
    inside, lip = smoothstep(0.002, -0.004, seen.down), line(seen.down, 0.006)
    body = body * (1 - 0.62 * inside * (0.75 - 0.35 * seen.across))[..., None] + 0.16 * lip[..., None]
    window = smoothstep(0.13, 0.05, np.abs(seen.across + 0.50)) * smoothstep(0.5, 0.1, np.abs(seen.down - 0.42) * 2.2)
    body = body + (0.30 * window * (0.8 + 0.2 * smooth_noise(rng, motif.size, 30)))[..., None]
    specks = smoothstep(2.2, 2.6, smooth_noise(rng, motif.size, 4))
    return np.asarray(np.clip(body * (1 - 0.35 * specks)[..., None], 0, 1), dtype=np.float32)


def grain(picture: Pixels, rng: Generator) -> Pixels:
    return np.asarray(np.clip(picture + 0.008 * rng.standard_normal(picture.shape[:2])[..., None], 0, 1))


def layered(motif: Motif, *masks: tuple[Pixels, int]) -> Pixels:
    picture = np.tile(rgb(motif.palette[1]), (*masks[0][0].shape, 1))
    for mask, number in masks:
        picture = mix(picture, rgb(motif.palette[number]), mask)
    return picture


def line(distance: Pixels, half: float, blur: float = 0.004) -> Pixels:
    return smoothstep(half + blur, half - blur, np.abs(distance))


def banded(turn: Pixels, down: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint bands of slip, as on a turning wheel."""
    places, halves = np.sort(rng.uniform(0.1, 0.95, 7)), rng.choice([0.006, 0.014, 0.035], 7)
    masks = [(line(down - places[i], halves[i]), 2 + i % 2) for i in range(7)]
    return layered(motif, *masks)


def dipped(turn: Pixels, down: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint a second glaze that has run down from the shoulder."""
    runs = (
        0.45
        + 0.10 * fractal_noise(rng, motif.size, 90, octaves=3, stretch=0.3)[300][None, :]
        + 0.02 * np.sin(turn * 40)
    )
    return layered(motif, (smoothstep(0.006, -0.006, down - runs), 2), (line(down - runs, 0.012, 0.012) * 0.6, 3))


def lattice(turn: Pixels, down: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint lozenges between lines, with a dot in each."""
    count = int(rng.integers(9, 14))
    u, v = (turn * count) % 1 - 0.5, (down * count * 0.8) % 1 - 0.5
    cross = np.minimum(np.abs(u - v), np.minimum(np.abs(u + v), np.abs(np.abs(u) + np.abs(v) - 1)))
    field = (smoothstep(0.075, 0.04, cross)) * (np.abs(down - 0.52) < 0.20)
    dots = smoothstep(0.13, 0.09, np.hypot(np.abs(u) - 0.5, v)) * (np.abs(down - 0.52) < 0.19)
    return layered(
        motif,
        (field, 2),
        (dots, 3),
        (line(down - 0.31, 0.009), 2),
        (line(down - 0.73, 0.009), 2),
        (line(down - 0.05, 0.02), 2),
    )


def figured(turn: Pixels, down: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint registers of waves, teeth and meanders, as on ancient pots."""
    wave = line(down - 0.38 - 0.028 * np.sin(turn * 62), 0.012)
    teeth = ((down > 0.50) & (down < 0.5 + 0.11 * np.abs((turn * 13) % 1 - 0.5) * 2)).astype(np.float32)
    rings = smoothstep(0.36, 0.33, np.hypot((turn * 9) % 1 - 0.5, (down - 0.74) * 6.5))
    hole = smoothstep(0.22, 0.19, np.hypot((turn * 9) % 1 - 0.5, (down - 0.74) * 6.5))
    edges = [(line(down - place, 0.007), 2) for place in (0.1, 0.3, 0.46, 0.64, 0.84)]
    return layered(motif, (wave, 3), (teeth, 2), (rings, 3), (hole, 1), *edges)


def crackled(turn: Pixels, down: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint a pale glaze with a net of fine dark cracks."""
    a, b = smooth_noise(rng, motif.size, 44), smooth_noise(rng, motif.size, 30)
    cracks = np.maximum(smoothstep(0.045, 0.01, np.abs(a)), 0.7 * smoothstep(0.05, 0.01, np.abs(b)))
    return layered(motif, (0.55 * cracks, 2), (smoothstep(0.93, 1.0, down), 3))


def sprigged(turn: Pixels, down: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint scattered flowers between two lines."""
    i, j = np.floor(turn * 11 + 20), np.floor(down * 9 + 20)
    jitter = rng.uniform(-0.22, 0.22, (3, 64, 64))[:, j.astype(int) % 64, i.astype(int) % 64]
    u, v = turn * 11 + 20 - i - 0.5 + jitter[0], down * 9 + 20 - j - 0.5 + jitter[1]
    radius, angle = np.hypot(u, v), np.arctan2(v, u) + jitter[2] * 14
    field = (np.abs(down - 0.555) < 0.33) & (jitter[2] > -0.12)
    petals = smoothstep(0.04, -0.04, radius - 0.25 - 0.14 * np.cos(5 * angle)) * field
    heart = smoothstep(0.03, -0.03, radius - 0.09) * field
    return layered(motif, (line(down - 0.2, 0.006), 2), (line(down - 0.9, 0.01), 2), (petals, 2), (heart, 3))


DECORATIONS: dict[str, Decoration] = {
    "banded": banded, "dipped": dipped, "lattice": lattice,
    "figured": figured, "crackled": crackled, "sprigged": sprigged,
}  # fmt: skip
SHAPES = ("vase", "bowl", "jar", "bottle", "amphora", "jug", "flask", "cup")
GREY, DARK, WARM, BLUE = "#b9b7b3", "#4a4a4c", "#c8beb0", "#8f9ba5"

FAMILY = Family(
    name="vessels",
    department="Decorative Arts",
    classification="Ceramics",
    mediums=("Stoneware, glazed", "Earthenware, slip-painted", "Porcelain, painted under the glaze"),
    long_side_cm=(12, 48),
    makers=(
        Maker(("Unknown maker",), "Cypriot", 1820, 1900),
        Maker(("Unknown maker",), "Korean", 1700, 1880),
        Maker(("Kirsten Dybvad-Rømer",), "Danish", 1928, 1966),
        Maker(("Pottery of St Aldhelm",), "British", 1903, 1939),
    ),
    notes={f"{shape}, {way.__name__}": f"{shape.capitalize()}. {(way.__doc__ or '').strip()}"
           for shape in SHAPES for way in DECORATIONS.values()},
    motifs=(
        Motif("Vase with Lattice", "vase, lattice", (GREY, "#e6dfcc", "#2b4a86", "#b5532f"), UPRIGHT),
        Motif("Dipped Bowl", "bowl, dipped", (WARM, "#b98d5f", "#2f4a52", "#dfe3d8"), BROAD),
        Motif("Storage Jar with Registers", "jar, figured", (GREY, "#d9b489", "#3a2620", "#8f3a26"), SQUARE),
        Motif("Celadon Bottle", "bottle, crackled", (DARK, "#a9bfa6", "#4d5a48", "#8a6a4a"), UPRIGHT),
        Motif("Amphora with Teeth and Rings", "amphora, figured", (BLUE, "#c9763f", "#231c1a", "#231c1a"), UPRIGHT),
        Motif("Jug with Slip Bands", "jug, banded", (WARM, "#6b4028", "#e8d8b0", "#d39a3f"), UPRIGHT),
        Motif("Flask with Tenmoku Glaze", "flask, dipped", (GREY, "#8c5a34", "#1f1613", "#c07b36"), UPRIGHT),
        Motif("Tea Bowl, White Crackle", "cup, crackled", (DARK, "#ece7da", "#6b5a4a", "#7a5b40"), SQUARE),
        Motif("Jar with Sprigs", "jar, sprigged", (BLUE, "#f0efe8", "#27498a", "#c9a23a"), SQUARE),
        Motif("Bowl with Blue Lattice", "bowl, lattice", (DARK, "#eceadf", "#3a6f9f", "#27498a"), BROAD),
        Motif("Turquoise Vase", "vase, banded", (WARM, "#3f9a96", "#2a6f73", "#1d4c55"), UPRIGHT),
        Motif("Bottle with Scattered Flowers", "bottle, sprigged", (GREY, "#f1e9da", "#a8352c", "#d8a53a"), UPRIGHT),
    ),
    paint=paint,
)  # fmt: skip
