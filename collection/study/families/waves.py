"""Waves in the manner of colour woodcuts: crest behind crest, foam, contour lines, and the grain of the block."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, Plate, axes, mix, paper, printed, rgb, smoothstep
from collection.study.records import Family, Maker, Motif
from collection.study.woodblock import block_grain, crest, row, sea, sky

BROAD, TALL, LOW = (1080, 740), (720, 1040), (1100, 560)


def paint(motif: Motif, rng: Generator) -> Pixels:
    """Palette: paper, sky, foam, pale water, middle water, deep water, accent."""
    flat = COMPOSITIONS[motif.kind](motif, rng)
    margin = 0.035 * max(motif.size)
    x, y = axes(motif.size)
    inside = np.minimum(np.minimum(x, motif.size[0] - x), np.minimum(y, motif.size[1] - y)) - margin
    keyline = smoothstep(2.4, 1.4, np.abs(inside))
    sheet = paper(rng, motif.size, motif.palette[0], strength=1.4)
    picture = mix(sheet, printed(block_grain(flat, rng), sheet), smoothstep(-0.7, 0.7, inside))
    return mix(picture, rgb(motif.palette[5]) * 0.6, 0.85 * keyline)


def swell(motif: Motif, rng: Generator) -> Pixels:
    plate = sky(motif)
    plate.disc(motif.size[0] * rng.uniform(0.25, 0.75), motif.size[1] * 0.25, 0.085 * min(motif.size), motif.palette[6])
    sea(plate, motif, rng, 0.42, 6, 0.065, 0.5)
    return plate.pixels()


# The lower edge of the snow on the far mountain, from right to left, as shares of the picture.
SNOW_LINE = ((0.06, 0.01), (0.02, -0.005), (0.0, 0.02), (-0.02, -0.005), (-0.06, 0.01))


def breaker(motif: Motif, rng: Generator) -> Pixels:
    """Paint a few large breaking waves, and a small mountain far behind."""
    (width, height), plate = motif.size, sky(motif)
    peak = width * rng.uniform(0.55, 0.8)
    left, right, top = (peak - 12, 0.36 * height), (peak + 14, 0.365 * height), 0.41 * height
    feet = [(peak + 0.26 * width, 0.62 * height), (peak - 0.24 * width, 0.62 * height)]
    snow = [(peak + share * width, top + lift * height) for share, lift in SNOW_LINE]
    plate.polygon([left, right, *feet], motif.palette[6])
    plate.polygon([left, right, *snow], motif.palette[2])
    sea(plate, motif, rng, 0.56, 3, 0.17, 1.1)
    return plate.pixels()


def boats(motif: Motif, rng: Generator) -> Pixels:
    """Paint sails between the rows of waves."""
    (width, height), plate = motif.size, sky(motif)
    sea(plate, motif, rng, 0.46, 3, 0.05, 0.4)
    for i in range(3):
        x, y, tall = width * (0.2 + 0.27 * i), height * (0.66 - 0.06 * (i % 2)), height * (0.19 + 0.07 * i)
        plate.polygon(
            [
                (x - tall * 0.45, y),
                (x + tall * 0.5, y - 6),
                (x + tall * 0.34, y + tall * 0.14),
                (x - tall * 0.3, y + tall * 0.14),
            ],
            motif.palette[5],
        )
        plate.line([(x, y), (x + 4, y - tall)], 3, motif.palette[5])
        plate.polygon(
            [
                (x + 6, y - tall),
                (x + tall * 0.42, y - tall * 0.86),
                (x + tall * 0.46, y - tall * 0.1),
                (x + 4, y - tall * 0.06),
            ],
            motif.palette[6],
        )
    points = crest(0.3 * height, 0.07 * height, 0.86, 0.4, -80, width)
    row(plate, motif, 0.86 * height, points, motif.palette[4], rng)
    return plate.pixels()


def night(motif: Motif, rng: Generator) -> Pixels:
    """Paint the moon, its reflection on the water, and low waves."""
    (width, height), plate = motif.size, sky(motif, tone=2.2)
    x = width * rng.uniform(0.35, 0.65)
    plate.disc(x, height * 0.22, 0.11 * min(motif.size), motif.palette[6])
    sea(plate, motif, rng, 0.45, 5, 0.035, 0.3)
    for share in np.linspace(0.02, 1, 46):
        y, reach = height * (0.46 + 0.5 * share), width * (0.02 + 0.13 * share) * rng.uniform(0.3, 1.1)
        shift = rng.normal(0, 0.02 * width)
        plate.line(
            [(x + shift - reach, y), (x + shift, y + 1.5), (x + shift + reach, y)], 1.2 + 2.6 * share, motif.palette[6]
        )
    return plate.pixels()


def rain(motif: Motif, rng: Generator) -> Pixels:
    """Paint slanting rain over a heavy sea."""
    plate = sky(motif, tone=1.8)
    sea(plate, motif, rng, 0.40, 5, 0.085, 0.9)
    slant = rng.uniform(0.2, 0.5)
    for _ in range(330):
        x, y, length = (
            rng.uniform(-0.2, 1) * motif.size[0],
            rng.uniform(0, 0.95) * motif.size[1],
            rng.uniform(60, 240),
        )
        plate.line([(x, y), (x + slant * length, y + length)], 0.6, motif.palette[6])
    return plate.pixels()


def scales(motif: Motif, rng: Generator) -> Pixels:
    """Paint waves as a pattern: rows of concentric arcs that fade into mist."""
    (width, height), plate = motif.size, Plate(motif.size, motif.palette[0])
    radius = width / rng.choice([7.0, 9.0, 11.0])
    for j in range(int(height / (radius * 0.5)) + 3):
        y = j * radius * 0.5
        for i in range(-1, int(width / (2 * radius)) + 2):
            x = (2 * i + j % 2) * radius
            tone = motif.palette[3 + int(rng.choice([0, 1, 2], p=[0.2, 0.35, 0.45]))]
            for n, share in enumerate((1.0, 0.92, 0.74, 0.66, 0.48, 0.40, 0.2)):
                plate.disc(x, y, radius * share, (motif.palette[2], tone)[n % 2])
            if rng.random() < 0.03:
                plate.disc(x, y, radius * 0.92, motif.palette[6])
    return plate.pixels()


COMPOSITIONS = {"swell": swell, "breaker": breaker, "boats": boats, "night": night, "rain": rain, "scales": scales}

FAMILY = Family(
    name="waves",
    department="Asian Art",
    classification="Prints",
    mediums=("Colour woodblock print", "Woodcut in five colours on laid paper"),
    long_side_cm=(25, 54),
    makers=(
        Maker(("Ogiwara Shunkei",), "Japanese", 1826, 1861),
        Maker(("Takemori Raisen",), "Japanese", 1911, 1938),
        Maker(("Elspeth Carnegie-Orr",), "British", 1906, 1931),
    ),
    notes={
        "swell": "Crest stands behind crest under a low sun.",
        "breaker": "Great waves bend over; a far mountain shows between them.",
        "boats": "Sails run before the wind between two ranks of waves.",
        "night": "The moon lays its path on a quiet sea.",
        "rain": "Rain slants over a heavy sea.",
        "scales": "The sea as a pattern of concentric arcs, called seigaiha.",
    },
    motifs=(
        Motif(
            "Six Ranks of Waves",
            "swell",
            ("#efe4c8", "#b8c4b8", "#f4efe0", "#a9c3c4", "#4f86a0", "#1f3f66", "#c9482f"),
            BROAD,
        ),
        Motif(
            "Morning Swell",
            "swell",
            ("#f2e3c6", "#e0a58a", "#f7efe0", "#b9cbb9", "#6b9a94", "#2b5560", "#d9603b"),
            TALL,
        ),
        Motif(
            "Green Sea",
            "swell",
            ("#ece4cb", "#9fb09a", "#f3efdd", "#b5c7a6", "#5f8a6d", "#22463d", "#e0b04a"),
            (1100, 620),
        ),
        Motif(
            "The Great Breaker",
            "breaker",
            ("#efe3c4", "#cbbf9d", "#f6f0df", "#a8bfc6", "#3f6f96", "#1a3358", "#7f93a3"),
            BROAD,
        ),
        Motif(
            "Breakers off the Cape",
            "breaker",
            ("#e8dfcd", "#8f9aa6", "#f2efe6", "#9fb3b0", "#4a6f74", "#1f3238", "#6d6a72"),
            TALL,
        ),
        Motif(
            "Three Sails", "boats", ("#f0e5cc", "#a9c0c9", "#f6f1e2", "#b3cac6", "#5c93a6", "#24486a", "#b5482f"), BROAD
        ),
        Motif(
            "Homeward Sails",
            "boats",
            ("#f3dcb5", "#d98f5f", "#f8eed9", "#d0b9a0", "#8a7a86", "#3b3550", "#efe3c9"),
            TALL,
        ),
        Motif(
            "Moon Path", "night", ("#5d7190", "#141f3b", "#c9d3d6", "#4a6384", "#2b4266", "#16233f", "#f3e6b8"), TALL
        ),
        Motif(
            "Moonrise, Still Water",
            "night",
            ("#8a8f86", "#2d3b40", "#d6d8c9", "#6d7f7c", "#465c5e", "#233336", "#e9d9a6"),
            BROAD,
        ),
        Motif(
            "Rain on the Strait",
            "rain",
            ("#d9d6c9", "#6f7d88", "#ecebe2", "#93a5ab", "#546f7d", "#26394a", "#39424d"),
            TALL,
        ),
        Motif(
            "Blue Sea Waves",
            "scales",
            ("#e9e2cf", "#e9e2cf", "#efe9d8", "#8fb0c4", "#4a7ba6", "#23466f", "#c9543a"),
            LOW,
        ),
        Motif(
            "Autumn Sea Waves",
            "scales",
            ("#eee0c2", "#eee0c2", "#f3e8d0", "#d3a561", "#a85a3a", "#5b2f33", "#2f5a5f"),
            TALL,
        ),
    ),
    paint=paint,
)
