"""Mountain ranges in mist: ridge behind ridge, each paler than the one in front of it."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, Plate, axes, fractal_noise, ink, mix, paper, printed, rgb, smoothstep
from collection.study.records import Family, Maker, Motif

SCROLL, UPRIGHT, BROAD, PANORAMA = (560, 1100), (780, 1000), (1040, 740), (1100, 520)


def paint(motif: Motif, rng: Generator) -> Pixels:
    """Palette: sky above, sky at the horizon, sun or moon, farthest ridge, nearest ridge."""
    picture = sky(motif, rng)
    picture = COMPOSITIONS[motif.kind](picture, motif, rng)
    sheet = paper(rng, motif.size, "#efe9dc", strength=1.6)
    return printed(picture, sheet, grain=1.2)


def sky(motif: Motif, rng: Generator) -> Pixels:
    (width, height), colours = motif.size, motif.palette
    x, y = axes(motif.size)
    veils = fractal_noise(rng, motif.size, 120, octaves=4, stretch=4) * 0.10
    picture = mix(rgb(colours[0]), rgb(colours[1]), np.clip(y / (0.62 * height) + veils, 0, 1)[..., None])
    radius = min(width, height) * rng.uniform(0.055, 0.105)
    distance = np.hypot(x - width * rng.uniform(0.22, 0.78), y - height * rng.uniform(0.13, 0.27))
    picture = mix(picture, rgb(colours[2]), 0.28 * np.exp(-distance / (radius * 2.2)))
    return mix(picture, rgb(colours[2]), 0.92 * smoothstep(radius + 1, radius - 1, distance))


def ranges(picture: Pixels, motif: Motif, rng: Generator, count: int = 7, ruggedness: float = 1.0) -> Pixels:
    """Paint ridges: far ones jagged and pale, near ones broad and dark, with mist at the foot."""
    width, height = motif.size
    levels = np.linspace(0.36, 0.93, count)
    for i, level in enumerate(levels):
        depth = i / (count - 1)
        rise = height * 0.15 * ruggedness * (1.1 - 0.5 * depth)
        edge = level * height - rise * ridge(rng, width, width / rng.uniform(1.6, 3.4))
        picture = slope(picture, edge, motif, rng, depth)
    return picture


def peaks(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint steep crags, as on a hanging scroll."""
    width, height = motif.size
    x = np.arange(width)
    for i, level in enumerate(np.linspace(0.46, 0.98, 6)):
        depth = i / 5
        edge = np.full(width, level * height) - 0.03 * height * ridge(rng, width, width / 3)
        for _ in range(3):
            centre, spread = rng.uniform(0, width), width * rng.uniform(0.05, 0.16)
            tower = np.exp(-(np.abs((x - centre) / spread) ** rng.uniform(1.2, 3)))
            edge = edge - height * rng.uniform(0.06, 0.27) * (1.1 - 0.7 * depth) * tower
        edge = edge + 0.012 * height * ridge(rng, width, 60)
        picture = slope(picture, edge, motif, rng, depth)
    return picture


def pines(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint dark firs in front of the ranges."""
    width, height = motif.size
    picture = ranges(picture, motif, rng, count=5)
    for row, (base, tall, tone) in enumerate(((0.90, 0.15, 0.75), (1.0, 0.24, 1.0))):
        plate = Plate(motif.size)
        contour = ridge(rng, width, width / 2) * 0.05 * height
        for x in np.sort(rng.uniform(0, width, 46 - 16 * row)):
            fir(plate, x, base * height - contour[int(x)] + 20, tall * height * rng.uniform(0.5, 1.1), rng)
        plate.polygon([(0, height), *zip(range(width), base * height - contour, strict=True), (width, height)])
        colour = mix(rgb(motif.palette[3]), rgb(motif.palette[4]) * 0.8, tone)
        picture = mix(picture, colour, 0.96 * plate.pixels())
    return picture


def fir(plate: Plate, x: float, foot: float, tall: float, rng: Generator) -> None:
    for step in np.linspace(0.06, 1, 11):
        reach, y = tall * 0.19 * step * rng.uniform(0.8, 1.15), foot - tall * (1 - step)
        plate.polygon(
            [(x, y - tall * 0.13), (x - reach, y + tall * 0.02), (x, y - tall * 0.015), (x + reach, y + tall * 0.02)]
        )


def lake(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint the ranges and their reflection in still water."""
    width, height = motif.size
    shore = int(height * 0.66)
    picture = ranges(picture, motif, rng, count=5, ruggedness=0.9)
    above = picture[shore - (height - shore) : shore][::-1]
    x, y = axes(motif.size)
    sway = (3.5 * np.sin(y[shore:] * 0.55 + 2 * np.sin(x[shore:] * 0.012))).astype(int)
    columns = np.clip(x[shore:].astype(int) + sway, 0, width - 1)
    water = above[np.arange(height - shore)[:, None], columns]
    glints = smoothstep(0.9, 1.6, fractal_noise(rng, (width, height - shore), 7, octaves=2, stretch=16))
    whole = picture.copy()
    whole[shore:] = mix(mix(water, rgb(motif.palette[3]), 0.25), rgb(motif.palette[1]), 0.5 * glints)
    bank = np.exp(-np.abs(y - shore) / 5) * (1 + 0.5 * fractal_noise(rng, motif.size, 60, stretch=6))
    return mix(whole, rgb(motif.palette[4]), np.clip(0.75 * bank, 0, 0.9))


def slope(picture: Pixels, edge: Pixels, motif: Motif, rng: Generator, depth: float) -> Pixels:
    """Paint one ridge of heights (W,) in px, whose foot fades into mist."""
    height = motif.size[1]
    _, y = axes(motif.size)
    below = y - edge[None, :].astype(np.float32)
    colour = mix(rgb(motif.palette[3]), rgb(motif.palette[4]), depth**1.3)
    strokes = fractal_noise(rng, motif.size, 40, octaves=3, stretch=1.5) * 0.05
    hull = np.convolve(np.pad(edge, 60, mode="edge"), np.ones(121) / 121, mode="valid")  # mist ignores crags
    drift = y - (0.75 * hull + 0.25 * edge)[None, :].astype(np.float32)
    mist = smoothstep(0.015 * height, 0.24 * height, drift + 30 * strokes) * (0.95 - 0.55 * depth)
    body = mix(np.clip(colour * (1 + strokes[..., None]), 0, 1), rgb(motif.palette[1]), mist)
    return mix(picture, body, np.clip(below + 0.5, 0, 1))


def ridge(rng: Generator, width: int, cell: float) -> Pixels:
    """Return the outline (W,) of a mountain with mean about 0. Folded noise makes the summits sharp."""
    line = fractal_noise(rng, (width, 3), cell, octaves=7)[1]
    return np.asarray(0.9 - np.abs(line) * 1.2 + 0.5 * fractal_noise(rng, (width, 3), cell * 1.7, octaves=2)[1])


def birds(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint a low range and flying geese."""
    (width, height), plate = motif.size, Plate(motif.size)
    picture = ranges(picture, motif, rng, count=4, ruggedness=0.7)
    lead = np.array([width * rng.uniform(0.3, 0.6), height * rng.uniform(0.16, 0.3)])
    for i in range(11):
        side, rank = (-1) ** i, (i + 1) // 2
        x, y = lead + np.array([-rank * 24.0, rank * side * 11.0]) + rng.normal(0, 3, 2)
        wing, lift = rng.uniform(9, 13), rng.uniform(2, 7)
        plate.line(
            [
                (x - wing, y - lift),
                (x - wing / 3, y - lift * 0.8),
                (x, y),
                (x + wing / 3, y - lift * 0.8),
                (x + wing, y - lift),
            ],
            1.8,
        )
    return ink(picture, plate.pixels(), motif.palette[4], 0.9)


COMPOSITIONS = {"ranges": ranges, "peaks": peaks, "pines": pines, "lake": lake, "birds": birds}

FAMILY = Family(
    name="mountains",
    department="Asian Art",
    classification="Prints",
    mediums=("Colour woodblock print", "Ink and colour on paper", "Ink and light colour on silk"),
    long_side_cm=(32, 120),
    makers=(
        Maker(("Haruoka Genzui",), "Japanese", 1832, 1868),
        Maker(("Minase Tōkei",), "Japanese", 1908, 1936),
        Maker(("Unknown maker",), "Korean", 1780, 1890),
    ),
    notes={
        "ranges": "Ridge stands behind ridge, each paler than the one before it, parted by bands of mist.",
        "peaks": "Steep crags rise out of the mist, one above the other.",
        "pines": "Firs stand dark against ranges that dissolve in mist.",
        "lake": "The ranges are mirrored in still water; a bank of reeds is only hinted at.",
        "birds": "Geese cross the sky above a low range.",
    },
    motifs=(
        Motif("Seven Ridges at Daybreak", "ranges", ("#d7b59a", "#f3e3cc", "#d9603b", "#c9b8ad", "#39424f"), BROAD),
        Motif("Blue Distance", "ranges", ("#b9cdd6", "#eaf0ea", "#f8f3df", "#a9c0cb", "#1d3a56"), PANORAMA),
        Motif(
            "Ranges under a Harvest Moon", "ranges", ("#2b3350", "#8a86a0", "#f1e2b0", "#6b6f92", "#141a2b"), UPRIGHT
        ),
        Motif(
            "After Rain, the Green Hills", "ranges", ("#cdd6c4", "#eff0e0", "#f5ead0", "#a8bba4", "#2c4a3d"), UPRIGHT
        ),
        Motif("Crags in Cloud", "peaks", ("#ddd8c8", "#efebdd", "#b6402c", "#b9b5a8", "#2a2a2a"), SCROLL),
        Motif("The Pilgrims' Peaks", "peaks", ("#c9b48c", "#eadbb8", "#9c3a24", "#bba77f", "#3f4a3a"), SCROLL),
        Motif("Stone Needles at Dusk", "peaks", ("#6f5a74", "#e0a98c", "#f6dfb0", "#a98594", "#2a2238"), (700, 1020)),
        Motif("Firs before Snow", "pines", ("#c3ced6", "#f0f1ee", "#f7f0dc", "#b4c3cc", "#22343a"), UPRIGHT),
        Motif("Red Sun, Black Firs", "pines", ("#e6c88f", "#f2e2bd", "#bf3b22", "#cfa982", "#2b2322"), BROAD),
        Motif("Lake without Wind", "lake", ("#a8c2c4", "#eee8d4", "#f3c98b", "#9fb6b8", "#27485a"), BROAD),
        Motif("Evening Water", "lake", ("#58506e", "#e8b08f", "#f9e1a8", "#9a7a8c", "#29253d"), PANORAMA),
        Motif("Geese over the Pass", "birds", ("#e2d9c3", "#f2ecdb", "#c4603f", "#cfc3ab", "#4b4a46"), SCROLL),
    ),
    paint=paint,
)
