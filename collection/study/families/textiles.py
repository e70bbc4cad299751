"""Woven cloth: a pixel shows a warp thread or a weft thread, each with its colour and sheen."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, axes, blurred, fractal_noise, mix, plain, rgb, smooth_noise, smoothstep
from collection.study.records import Family, Maker, Motif

TALL, UPRIGHT, BROAD = (700, 1060), (820, 1000), (1060, 760)
THREAD_PX = 5
MARGIN = 0.055  # share of the long side, for the wall around the cloth


def paint(motif: Motif, rng: Generator) -> Pixels:
    """Paint cloth on a pale wall. Palette: ground thread first, then the colours of the pattern."""
    warp, weft = COMPOSITIONS[motif.kind](*axes(motif.size), motif, rng)
    cloth = woven(warp, weft, motif, rng)
    return hung(cloth, motif, rng)


def woven(warp: Pixels, weft: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Weave two colour plans (H, W, 3): twill for checks, plain weave with a strong weft for the rest."""
    x, y = axes(motif.size)
    slack = smooth_noise(rng, motif.size, 90) * 2.2
    u, v = (x + slack) / THREAD_PX, (y + slack * 0.7) / THREAD_PX
    if motif.kind in ("stripes", "check"):
        over = (np.floor(u) + np.floor(v)) % 4 < 2
    else:
        over = (np.floor(u) % 4 == 0) & (np.floor(v) % 2 == 0)
    roundness = np.where(over, np.sin(np.pi * (u % 1)), np.sin(np.pi * (v % 1)))
    dye = (
        1
        + 0.07 * rng.standard_normal((1, motif.size[0])) * over
        + 0.07 * rng.standard_normal((motif.size[1], 1)) * ~over
    )
    shade = (0.74 + 0.30 * roundness) * dye * (1 + 0.05 * fractal_noise(rng, motif.size, 160, octaves=3))
    return np.asarray(np.clip(np.where(over[..., None], warp, weft) * shade[..., None], 0, 1), dtype=np.float32)


def hung(cloth: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Hang the cloth on a wall, with uneven sides, a loose fringe and a soft shadow."""
    (width, height), margin = motif.size, MARGIN * max(motif.size)
    x, y = axes(motif.size)
    sides = 1.4 * smooth_noise(rng, (3, height), 60)[:, 1][:, None]
    inside = np.minimum(x - margin + sides, width - margin - x + sides)
    body = np.minimum(inside, np.minimum(y - margin * 1.4, height - margin * 1.4 - y))
    threads = rng.uniform(0.35, 1, width)[None, :] * margin * 0.75 * (np.sin(x * 1.1) > -0.1)
    ends = np.minimum(y - margin * 1.4 + threads, height - margin * 1.4 - y + threads)
    mask = np.maximum(smoothstep(-0.7, 0.7, body), 0.85 * smoothstep(-1, 1, np.minimum(ends, inside)))
    shadow = np.roll(blurred(mask, 12), (9, 7), axis=(0, 1))
    wall = (
        plain(motif.size, "#dcd8d0")
        * (1 + 0.01 * rng.standard_normal((height, width, 1)))
        * (1.03 - 0.08 * y / height)[..., None]
    )
    return mix(mix(wall, rgb("#3b352e"), 0.5 * shadow), cloth, mask)


def lookup(level: Pixels, motif: Motif) -> Pixels:
    """Turn palette numbers (H, W) into colours (H, W, 3)."""
    table = np.stack([rgb(colour) for colour in motif.palette])
    return np.asarray(table[level.astype(int) % len(table)])


def bands(length: int, rng: Generator, count: int) -> Pixels:
    """Return palette numbers (length,): a mirrored sequence of broad and narrow bands of whole threads."""
    half = np.repeat(rng.integers(0, 5, 12), rng.choice([1, 2, 2, 3, 6, 9, 14], 12) * THREAD_PX)
    sett = np.concatenate([half, half[::-1]])
    return np.resize(sett, length) if count == 0 else np.tile(sett, length // len(sett) + 1)[:length]


def stripes(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Pixels]:
    run = bands(motif.size[0], rng, 1)[x.astype(int)]
    return lookup(run, motif), lookup(run, motif)


def check(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Pixels]:
    sett = bands(max(motif.size), rng, 1)
    return lookup(sett[x.astype(int)], motif), lookup(sett[y.astype(int)], motif)


def ikat(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Pixels]:
    """Return lozenges dyed into the warp before weaving: shifted threads blur every outline."""
    slip = np.repeat(rng.normal(0, 7, motif.size[0] // 4 + 1), 4)[: motif.size[0]][None, :]
    across, along = motif.size[0] / rng.integers(3, 5), motif.size[1] / rng.integers(3, 5)
    u = np.abs((x / across) % 1 - 0.5) * 2
    v = np.abs(((y + slip) / along) % 1 - 0.5) * 2
    level = np.floor((u + v * 1.0) * 3.2)
    level = np.where((u < 0.10) & (v < 0.5), 3, level)
    colours = lookup(level, motif)
    return colours, colours


def kilim(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Pixels]:
    """Return stepped lozenges in slit tapestry, between narrow borders."""
    step = 4 * THREAD_PX
    i, j = np.floor(x / step), np.floor(y / step)
    period = int(rng.choice([10, 12, 14]))
    u = np.abs((i + 0.5 - motif.size[0] / step / 2) % (2 * period) - period)
    v = np.abs((j + 0.5) % (2 * period) - period)
    level = np.floor((u + v) / 3) + 2 * (np.floor(j / (2 * period)) % 2)
    border = np.minimum(i, motif.size[0] / step - 1 - i) < 5
    zigzag = 1 + (np.abs((j % 6) - 3) > np.minimum(i, motif.size[0] / step - 1 - i) - 1)
    return lookup(np.where(border, zigzag, level), motif), lookup(np.where(border, zigzag, level), motif)


def rows(x: Pixels, y: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Pixels]:
    """Return bands of small motifs between plain stripes: zigzags, lozenges, steps and chequers."""
    step = 2 * THREAD_PX
    level = np.zeros_like(x)
    i, top = np.floor(x / step), 0
    while top < motif.size[1]:
        tall = int(rng.choice([3, 5, 7, 9, 13]))
        j, inside = np.floor((y - top) / step), (y >= top) & (y < top + tall * step)
        first, second = rng.choice(len(motif.palette), 2, replace=False)
        tooth = np.abs(i % (tall - 1) - (tall - 1) // 2)
        figures = (tooth > np.abs(j - tall // 2), tooth > j, (i + j) % 4 < 2, np.zeros_like(i, bool))
        figure = figures[int(rng.integers(4)) if tall > 3 else 3]
        level = np.where(inside, np.where(figure, first, second), level)
        top += tall * step
    return lookup(level, motif), lookup(level, motif)


COMPOSITIONS = {"stripes": stripes, "check": check, "ikat": ikat, "kilim": kilim, "rows": rows}

FAMILY = Family(
    name="textiles",
    department="Textiles",
    classification="Textiles",
    mediums=("Wool, plain weave", "Wool and cotton, tapestry weave", "Silk and cotton, woven"),
    long_side_cm=(90, 240),
    makers=(
        Maker(("Unknown maker",), "Anatolian", 1810, 1900),
        Maker(("Unknown maker",), "Uzbek", 1830, 1910),
        Maker(("Berit Aasgaarden",), "Norwegian", 1904, 1938),
        Maker(("Weaving Workshop Holm & Tarkka",), "Finnish", 1926, 1958),
    ),
    notes={
        "stripes": "Broad and narrow stripes are mirrored about the middle of each repeat.",
        "check": "One sequence of colours, used for warp and weft alike, gives the check.",
        "ikat": "The warp was tied and dyed before weaving, which feathers the outlines of the lozenges.",
        "kilim": "Stepped lozenges in slit tapestry, between toothed borders.",
        "rows": "Bands of zigzags, teeth and chequers alternate with plain stripes.",
    },
    motifs=(
        Motif("Blanket with Madder Stripes", "stripes", ("#9a3324", "#e4d6b8", "#2d3b4d", "#c58a3a", "#e4d6b8"), TALL),
        Motif("Striped Shawl", "stripes", ("#e6dcc6", "#5a7a86", "#27313a", "#b8774a", "#8fa39a"), UPRIGHT),
        Motif("Bed Cover, Grey and Gold", "stripes", ("#6f6d69", "#cda94e", "#e4decf", "#38383a", "#a39d90"), BROAD),
        Motif("Checked Travelling Rug", "check", ("#22392f", "#7a1f22", "#1d2533", "#cfa545", "#22392f"), BROAD),
        Motif("Blue Check", "check", ("#23406b", "#e7e3d6", "#23406b", "#7f9db8", "#e7e3d6"), UPRIGHT),
        Motif("Heather Check", "check", ("#70586f", "#b9a79c", "#3c3644", "#8d9a7d", "#d8cdbd"), TALL),
        Motif("Ikat Hanging in Crimson", "ikat", ("#9b1f2e", "#efe3c8", "#1f2a4a", "#d49b2e", "#9b1f2e"), TALL),
        Motif("Ikat Hanging in Indigo", "ikat", ("#1d335c", "#e9e3d0", "#56809c", "#b8462f"), UPRIGHT),
        Motif("Kilim with Stepped Lozenges", "kilim", ("#8c2b23", "#e3d2ab", "#27425a", "#c98833", "#33291f"), TALL),
        Motif("Prayer-Room Kilim", "kilim", ("#2f4a45", "#d9c59a", "#a2412c", "#1f2226", "#c39a56"), (640, 1080)),
        Motif("Cover with Nine Bands", "rows", ("#e2d3b1", "#a33b28", "#2c3f55", "#c7913c"), UPRIGHT),
        Motif("Winter Band Cloth", "rows", ("#ece7da", "#2b2d33", "#7f8a8c", "#93302a"), BROAD),
    ),
    paint=paint,
)
