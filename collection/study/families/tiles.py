"""Glazed tiles: one small drawing, repeated by the symmetries of a lattice, in cells that differ a little."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, axes, fractal_noise, mix, rgb, smooth_noise, smoothstep
from collection.study.records import Family, Maker, Motif

TALL, SQUARE, BROAD = (780, 1040), (960, 960), (1080, 810)


def paint(motif: Motif, rng: Generator) -> Pixels:
    """Palette: glaze ground, three drawing colours, grout last."""
    cells_across = {"cubes": 9, "hexagons": 7, "truchet": 8, "ribbons": 10}.get(motif.kind, int(rng.integers(4, 7)))
    tile = motif.size[0] / cells_across
    x, y = axes(motif.size)
    picture, seam, cell = COMPOSITIONS[motif.kind](x / tile, y / tile, motif, rng, 1.2 / tile)
    return fired(picture, seam * tile, cell, motif, rng)


def fired(picture: Pixels, seam: Pixels, cell: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Add glaze, grout and light. `seam` is the distance to the next joint in px, `cell` the number of the tile."""
    batch = rng.normal(1, 0.055, 4096)[cell.astype(int) % 4096]
    pooled = 1 + 0.035 * fractal_noise(rng, motif.size, 36, octaves=3)
    picture = np.clip(picture * (batch * pooled)[..., None], 0, 1)
    worn = seam + 0.7 * smooth_noise(rng, motif.size, 5)
    bevel = 0.16 * smoothstep(9, 2, worn)
    picture = mix(picture, np.ones(3), 0.08 * smoothstep(0.4, 2.4, fractal_noise(rng, motif.size, 90, octaves=2)))
    picture = mix(picture * (1 - bevel)[..., None], rgb(motif.palette[-1]), smoothstep(2.4, 1.2, worn))
    chips = smoothstep(2.35, 2.6, smooth_noise(rng, motif.size, 8))
    return mix(picture, rgb(motif.palette[-1]), 0.8 * chips)


def square_cells(u: Pixels, v: Pixels) -> tuple[Pixels, Pixels, Pixels, Pixels]:
    """Return the place in the tile (-1..1 twice), the distance to its seam (in tiles), and its number."""
    i, j = np.floor(u), np.floor(v)
    s, t = 2 * (u - i) - 1, 2 * (v - j) - 1
    return s, t, (1 - np.maximum(np.abs(s), np.abs(t))) / 2, i * 61 + j * 7 + 3


def azulejo(u: Pixels, v: Pixels, motif: Motif, rng: Generator, px: float) -> tuple[Pixels, Pixels, Pixels]:
    """Paint rosettes of four tiles: petals, a ring and corner leaves."""
    _, _, seam, cell = square_cells(u, v)
    s, t = np.abs(u % 2 - 1), np.abs(v % 2 - 1)
    radius, angle = np.hypot(s, t), np.arctan2(t, s)
    corner = np.hypot(1 - s, 1 - t)
    petals = int(rng.choice([4, 6, 8]))
    flower = 0.30 + rng.uniform(0.10, 0.2) * np.cos(petals * angle)
    star = 0.22 + 0.12 * np.cos(4 * np.arctan2(1 - t, 1 - s) * rng.choice([1, 2]))
    layers = (
        (np.abs(radius - 0.68) - 0.055, 1), (radius - flower - 0.09, 2), (radius - flower, 0),
        (radius - flower * 0.62, 1), (radius - 0.09, 3), (corner - star - 0.17, 1),
        (corner - star - 0.08, 3), (corner - 0.13, 0), (np.abs(s - t) + 3.2 * np.abs(radius - 0.98) - 0.13, 2),
    )  # fmt: skip
    return painted(layers, motif, px), seam, cell


def star(u: Pixels, v: Pixels, motif: Motif, rng: Generator, px: float) -> tuple[Pixels, Pixels, Pixels]:
    """Paint interlocking eight-pointed stars and crosses."""
    s, t, _, cell = square_cells(u, v)
    s, t = np.abs(s), np.abs(t)
    edge = np.minimum(np.maximum(s, t) - 0.707, (s + t) / np.sqrt(2) - 0.707) * 0.5
    rosette = np.hypot(s, t)
    ring = np.maximum(np.maximum(s, t), (s + t) / np.sqrt(2))
    corner = np.hypot(1 - s, 1 - t)
    layers = (
        (edge, 1), (ring - 0.52, 0), (ring - 0.46, 2), (rosette - 0.2 - 0.09 * np.cos(8 * np.arctan2(t, s)), 3),
        (corner - 0.24, 2), (corner - 0.17, 0), (corner - 0.08, 3),
    )  # fmt: skip
    number = np.where(edge < 0, cell, np.floor(u + 0.5) * 53 + np.floor(v + 0.5) * 11 + 2000)
    return painted(layers, motif, px), np.abs(edge), number


def hexagons(u: Pixels, v: Pixels, motif: Motif, rng: Generator, px: float) -> tuple[Pixels, Pixels, Pixels]:
    """Paint six-fold stars in hexagons, as girih lines."""
    p, q, cell = hexagonal(u, v)
    angle = np.abs((np.arctan2(q, p) + np.pi / 6) % (np.pi / 3) - np.pi / 6)
    radius = np.hypot(p, q)
    seam = 0.5 - radius * np.cos(angle)
    points = radius * np.cos(np.pi / 3 - angle)
    bend = rng.uniform(0.23, 0.27)
    layers = (
        (np.abs(points - bend) - 0.035, 1), (points - bend + 0.05, 2), (radius * np.cos(angle) - 0.16, 0),
        (radius - 0.1 - 0.03 * np.cos(6 * angle), 3), (0.44 - radius * np.cos(angle), 3),
    )  # fmt: skip
    return painted(layers, motif, px), seam, cell


def hexagonal(u: Pixels, v: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    """Return offsets from the centre of the nearest hexagon (inner radius 0.5), and its number."""
    high = np.sqrt(3)
    a = np.stack([u % 1 - 0.5, v % high - high / 2])
    b = np.stack([(u + 0.5) % 1 - 0.5, (v + high / 2) % high - high / 2])
    first = np.hypot(*a) < np.hypot(*b)
    p, q = np.where(first, a, b)
    return p, q, np.round((u - p) * 2) * 37 + np.round((v - q) * 2) * 5 + 900


def truchet(u: Pixels, v: Pixels, motif: Motif, rng: Generator, px: float) -> tuple[Pixels, Pixels, Pixels]:
    """Paint quarter rings on randomly rotated tiles (Truchet tiles)."""
    s, t, seam, cell = square_cells(u, v)
    flipped = rng.random((64, 64))[np.floor(v).astype(int), np.floor(u).astype(int)] < 0.5
    s = np.where(flipped, -s, s)
    near = np.minimum(np.hypot(s + 1, t + 1), np.hypot(s - 1, t - 1))
    layers = ((np.abs(near - 1) - 0.42, 1), (np.abs(near - 1) - 0.29, 0), (np.abs(near - 1) - 0.16, 2), (near - 0.3, 3))
    return painted(layers, motif, px), seam, cell


def ribbons(u: Pixels, v: Pixels, motif: Motif, rng: Generator, px: float) -> tuple[Pixels, Pixels, Pixels]:
    """Paint tiles halved along a diagonal and rotated by a rule: pinwheels or chevrons."""
    s, t, seam, cell = square_cells(u, v)
    i, j = np.floor(u).astype(int), np.floor(v).astype(int)
    rule = rng.integers(0, 4, (4, 4))
    turn = np.concatenate(
        [
            np.concatenate([rule, 3 - rule[:, ::-1]], 1),
            np.concatenate([(5 - rule[::-1]) % 4, (rule[::-1, ::-1] + 2) % 4], 1),
        ]
    )[j % 8, i % 8]
    edge = np.choose(turn, [s + t, s - t, -s - t, t - s])
    layers = ((edge, 1), (np.hypot(s, t) - 0.3, 3), (np.hypot(s, t) - 0.17, 2))
    return painted(layers, motif, px), seam, cell


def cubes(u: Pixels, v: Pixels, motif: Motif, rng: Generator, px: float) -> tuple[Pixels, Pixels, Pixels]:
    """Paint lozenges in three tones, which look like cubes."""
    p, q, cell = hexagonal(u, v)
    turned = (np.arctan2(q, p) + np.pi / 2) % (2 * np.pi)
    face = np.floor(turned / (2 * np.pi / 3))
    angle = np.abs((np.arctan2(q, p) + np.pi / 6) % (np.pi / 3) - np.pi / 6)
    spoke = np.hypot(p, q) * np.abs(np.sin((turned + np.pi / 3) % (2 * np.pi / 3) - np.pi / 3))
    table = np.stack([rgb(colour) for colour in motif.palette[:3]])
    seam = np.minimum(0.5 - np.hypot(p, q) * np.cos(angle), spoke)
    return table[face.astype(int) % 3], seam, cell * 3 + face


def painted(layers: tuple[tuple[Pixels, int], ...], motif: Motif, px: float) -> Pixels:
    """Paint signed distances (negative inside) with palette numbers, in order, over the ground colour."""
    picture = np.tile(rgb(motif.palette[0]), (*layers[0][0].shape, 1))
    for distance, number in layers:
        picture = mix(picture, rgb(motif.palette[number]), smoothstep(px * 1.2, -px * 1.2, distance))
    return picture


COMPOSITIONS = {
    "azulejo": azulejo,
    "star": star,
    "hexagons": hexagons,
    "truchet": truchet,
    "ribbons": ribbons,
    "cubes": cubes,
}

FAMILY = Family(
    name="tiles",
    department="Decorative Arts",
    classification="Ceramics",
    mediums=("Tin-glazed earthenware", "Glazed earthenware, cut mosaic", "Fritware, painted under a clear glaze"),
    long_side_cm=(60, 180),
    makers=(
        Maker(("Unknown maker",), "Portuguese", 1660, 1790),
        Maker(("Unknown maker",), "Moroccan", 1720, 1890),
        Maker(("Unknown maker",), "Persian", 1610, 1720),
        Maker(("Fábrica Sampaio Veloso",), "Portuguese", 1862, 1921),
    ),
    notes={
        "azulejo": "Four tiles make one rosette; the panel shows several repeats.",
        "star": "Eight-pointed stars interlock with crosses.",
        "hexagons": "Six-fold stars in hexagons, drawn with girih lines.",
        "truchet": "Quarter rings on tiles laid at random join into one wandering line.",
        "ribbons": "Each tile is halved along its diagonal; the turning of the tiles makes the pattern.",
        "cubes": "Lozenges in three tones can be read as cubes.",
    },
    motifs=(
        Motif("Panel with Blue Rosettes", "azulejo", ("#ecebe2", "#2b4f8f", "#7d9cc4", "#d9a933", "#b9b2a2"), SQUARE),
        Motif(
            "Kitchen Panel, Green and Ochre", "azulejo", ("#efe8d2", "#3f6b4f", "#c98a2b", "#6b3a26", "#a99f8a"), TALL
        ),
        Motif(
            "Stair Riser, Blue on White",
            "azulejo",
            ("#e8ecec", "#1d3a78", "#4f77b0", "#1d3a78", "#a8a89f"),
            (1100, 620),
        ),
        Motif("Manganese Panel", "azulejo", ("#ebe4d6", "#54344f", "#a88aa0", "#d0a24a", "#9d9484"), BROAD),
        Motif(
            "Star and Cross Panel in Turquoise", "star", ("#2a9aa0", "#f0ead8", "#1f3f73", "#c98f2c", "#cfc4ab"), TALL
        ),
        Motif(
            "Star and Cross Panel in Cobalt", "star", ("#24457f", "#3fa3a2", "#f0e9d5", "#b8702c", "#d5cbb4"), SQUARE
        ),
        Motif("Six-fold Dado", "hexagons", ("#f0e8d4", "#1f5560", "#b5582e", "#22324f", "#b8ab90"), BROAD),
        Motif(
            "Girih Panel in Grey and Gold", "hexagons", ("#e9e3d3", "#20211f", "#6f8a7a", "#c39a3e", "#a79c85"), TALL
        ),
        Motif("The Wandering Line", "truchet", ("#efe9da", "#2b4a7a", "#c9772f", "#7d9cc4", "#b3aa97"), SQUARE),
        Motif(
            "Courtyard Floor, Laid at Random", "truchet", ("#d9c7a3", "#8c3b2a", "#2e4a45", "#e9dfc6", "#8f816a"), BROAD
        ),
        Motif("Pinwheel Panel", "ribbons", ("#f0ece0", "#2f6b60", "#c9a13c", "#e0b7a0", "#a8a08e"), TALL),
        Motif("Tumbling Blocks", "cubes", ("#e6dcc0", "#b0562f", "#2d3f4c", "#e6dcc0", "#8d8371"), SQUARE),
    ),
    paint=paint,
)
