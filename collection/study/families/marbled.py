"""Marbled papers: bands of floating colour, drawn with combs.

The combs follow Lu, Jaffer et al., "Mathematical Marbling" (2012): each stroke moves the paint by an amount that fades
with the distance from its tine, so that it can be undone exactly. Here the strokes are undone for every pixel, and the
colour is looked up in the uncombed bath.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, axes, fractal_noise, mix, paper, printed, rgb, smooth_noise, smoothstep
from collection.study.records import Family, Maker, Motif

TALL, UPRIGHT, BROAD = (740, 1020), (820, 1000), (1040, 780)


def paint(motif: Motif, rng: Generator) -> Pixels:
    bath = COMPOSITIONS[motif.kind](*axes(motif.size), motif, rng)
    picture = banded(bath, [rgb(colour) for colour in motif.palette])
    picture = speckled(picture, motif, rng)
    return printed(picture, paper(rng, motif.size, "#efe6d2", strength=1.6))


def comb(x: Pixels, y: Pixels, spacing: float, shift: float, phase: float, swing: float = 0) -> Pixels:
    """Undo vertical tines every `spacing` px, alternately up and down. Swing in px bends them. Return y (H, W)."""
    place = (x + swing * np.sin(y / 90) + phase) / spacing
    return y - shift * np.cos(np.pi * place) * (0.55 + 0.45 * np.abs(np.cos(np.pi * place)))


def rake(x: Pixels, y: Pixels, spacing: float, shift: float, phase: float) -> Pixels:
    """Undo vertical tines that all go one way: strong at a tine, weak between. Return y (H, W)."""
    nearest = np.abs((x + phase) / spacing - np.round((x + phase) / spacing)) * spacing
    return np.asarray(y - shift * np.power(0.5, nearest / (spacing * 0.16)))


def nonpareil(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint bands drawn with a fine comb across them."""
    x = rake(y, x, 150, 60, rng.uniform(0, 99))
    y = rake(x, y, rng.uniform(22, 36), 58, rng.uniform(0, 99))
    return stripes(y, x, rng, 17)


def gelgit(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint the "back and forth" pattern: broad tongues up and down."""
    spacing = rng.uniform(55, 130)
    y = comb(x, y, spacing, rng.uniform(1.0, 1.6) * spacing, rng.uniform(0, 99), swing=rng.uniform(0, 22))
    return stripes(y, x, rng, rng.uniform(17, 27))


def bouquet(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint peacock's eyes: a fine comb, then a wide one that sways."""
    spacing = rng.uniform(120, 160)
    y = y - 46 * np.sin(2 * np.pi * x / spacing) * np.sin(2 * np.pi * y / spacing * 0.5)
    x = x + 34 * np.sin(2 * np.pi * y / spacing + 1.3)
    y = rake(x, y, 30, 66, rng.uniform(0, 99))
    return stripes(y, x, rng, 19)


def stone(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint drops that push each other aside, without a comb: rings around many centres."""
    size = (x.shape[1], x.shape[0])
    warp_x, warp_y = (fractal_noise(rng, size, 130, octaves=3) * 34, fractal_noise(rng, size, 130, octaves=3) * 34)
    nearest = np.full(x.shape, 1e9, dtype=np.float32)
    for cx, cy in rng.uniform(-60, 60, (46, 2)) + rng.uniform(0, 1, (46, 2)) * size:
        nearest = np.minimum(nearest, np.hypot(x + warp_x - cx, y + warp_y - cy))
    return np.asarray(nearest / rng.uniform(17, 24) + 0.5)


def whirls(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint snail shells: bands stirred with a single stick."""
    size = (x.shape[1], x.shape[0])
    pitch = rng.uniform(190, 250)
    for row in np.arange(pitch / 2, size[1] + pitch, pitch):
        for column in np.arange(pitch / 2, size[0] + pitch, pitch):
            cx, cy = column + rng.normal(0, 8), row + rng.normal(0, 8)
            distance = np.hypot(x - cx, y - cy)
            turn = 7.5 * np.exp(-((distance / (pitch * 0.27)) ** 2))
            cos, sin = np.cos(turn), np.sin(turn)
            x, y = cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos
    return stripes(y, x, rng, 21)


def waved(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Add shadows across the rings, as if the sheet was shaken while it was laid down."""
    size = (x.shape[1], x.shape[0])
    y = y + 16 * np.sin((x + 0.55 * y) / 17 + smooth_noise(rng, size, 200))
    return stone(x, y, motif, rng)


def stripes(across: Pixels, along: Pixels, rng: Generator, breadth: float) -> Pixels:
    """Return the levels of the uncombed bath: bands `breadth` px wide with wavy edges."""
    size = (across.shape[1], across.shape[0])
    waver = 0.5 * np.sin(along / 97) + 0.3 * np.sin(along / 41 + 2) + 0.35 * smooth_noise(rng, size, 60)
    return np.asarray(across / breadth + waver + 400)


def banded(level: Pixels, colours: list[Pixels]) -> Pixels:
    """Colour the levels (H, W), one colour per unit. Edges are one pixel wide; the finest bands blend."""
    slope = np.hypot(*np.gradient(level)).astype(np.float32)
    whole = np.floor(level)
    order = np.array([0, 1, 2, 0, 3, 1, 0, 2, 1, 3, 0, 1, 3, 2]) % len(colours)
    table = np.stack([colours[i] for i in order])
    here = table[whole.astype(int) % len(order)]
    ahead = table[(whole.astype(int) + 1) % len(order)]
    near = smoothstep(0, 1, np.clip(0.5 + (level - whole - 1) / np.maximum(slope * 1.4, 1e-3) + 0.5, 0, 1))
    return mix(mix(here, ahead, near), table.mean(axis=0), smoothstep(0.5, 1.4, slope) * 0.8)


def speckled(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Add ox-gall specks in the palest colour, and make the bands uneven."""
    specks = smoothstep(1.75, 2.1, smooth_noise(rng, motif.size, 6))
    uneven = 1 + 0.05 * fractal_noise(rng, motif.size, 30, octaves=3)
    return mix(np.clip(picture * uneven[..., None], 0, 1), rgb(max(motif.palette)), 0.7 * specks)


COMPOSITIONS = {
    "nonpareil": nonpareil,
    "gelgit": gelgit,
    "bouquet": bouquet,
    "stone": stone,
    "whirls": whirls,
    "waved": waved,
}

FAMILY = Family(
    name="marbled",
    department="Books and Paper",
    classification="Decorated papers",
    mediums=("Marbled paper", "Colours on sized bath, laid on rag paper"),
    long_side_cm=(22, 52),
    makers=(
        Maker(("Unknown maker",), "Ottoman", 1680, 1850),
        Maker(("Unknown maker",), "French", 1720, 1880),
        Maker(("Papiers Delacourbe-Aunis",), "French", 1846, 1889),
        Maker(("Hedda Sternvall",), "Swedish", 1898, 1931),
    ),
    notes={
        "nonpareil": "Combed with a fine comb into the small scallops known as nonpareil.",
        "gelgit": "The bath was drawn back and forth with a stylus, the pattern called gel-git.",
        "bouquet": "A fine comb and a swaying wide one give the eyes of the bouquet or peacock pattern.",
        "stone": "Drops of colour push each other aside in the uncombed stone pattern.",
        "whirls": "Each shell was turned with a single stick.",
        "waved": "The sheet was rocked as it was laid down, which leaves the shaded waves of a Spanish marble.",
    },
    motifs=(
        Motif("Endpaper, Nonpareil in Red and Slate", "nonpareil", ("#8e2a24", "#e6d6b4", "#39485a", "#c48f3a"), TALL),
        Motif("Endpaper, Nonpareil in Olive", "nonpareil", ("#5c6236", "#e8dcc0", "#2c3128", "#b5602f"), UPRIGHT),
        Motif("Gel-git in Indigo", "gelgit", ("#1f3358", "#dfe0d4", "#5d83a6", "#a9b9b4"), BROAD),
        Motif("Gel-git for a Volume of Odes", "gelgit", ("#a8452e", "#f0e2c2", "#3d5b4d", "#d9a648"), TALL),
        Motif("Peacock Sheet", "bouquet", ("#1f4a4e", "#e9dfc3", "#b0402e", "#d6a343"), UPRIGHT),
        Motif("Bouquet on Rose", "bouquet", ("#a65463", "#f1e4d2", "#2f4763", "#d8b15b"), TALL),
        Motif("Stone Marble in Blue and Oxblood", "stone", ("#28466b", "#e9dfc9", "#7c2022", "#c9b083"), TALL),
        Motif("Stone Marble in Green", "stone", ("#2f4d3a", "#eee6cf", "#8fa57a", "#1f2421"), BROAD),
        Motif("Snail Paper", "whirls", ("#7b2b2a", "#ead9b5", "#2a4154", "#c88b3c"), UPRIGHT),
        Motif("Snails in Black and Straw", "whirls", ("#26221f", "#e8d7a6", "#6d5b43", "#b89a5a"), TALL),
        Motif("Spanish Marble", "waved", ("#6b3e34", "#ecdcc4", "#2e4550", "#b98b6a"), TALL),
        Motif("Spanish Marble in Grey-Violet", "waved", ("#5d5570", "#ebe4dc", "#343646", "#a89ab0"), BROAD),
    ),
    paint=paint,
)
