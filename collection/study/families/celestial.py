"""Charts of the sky: hemispheres, orbits, phases and comets, engraved and printed in few colours."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import (
    Pixels,
    Plate,
    Size,
    axes,
    fractal_noise,
    ink,
    mix,
    paper,
    plain,
    rgb,
    smooth_noise,
    smoothstep,
)
from collection.study.heavens import constellations, moon, twinkle
from collection.study.records import Family, Maker, Motif

TALL, SQUARE, BROAD = (800, 1040), (980, 980), (1100, 760)


def paint(motif: Motif, rng: Generator) -> Pixels:
    """Palette: paper, ink, the sky's wash, a second ink."""
    sheet = paper(rng, motif.size, motif.palette[0], strength=1.5)
    sheet, lines, accents = COMPOSITIONS[motif.kind](sheet, motif, rng)
    border(lines, motif.size)
    return ink(ink(sheet, lines.pixels(), motif.palette[1], 0.9), accents.pixels(), motif.palette[3], 0.92)


def border(lines: Plate, size: Size) -> None:
    for inset, breadth in ((0.022, 2.5), (0.030, 1.0)):
        m = inset * max(size)
        lines.line([(m, m), (size[0] - m, m), (size[0] - m, size[1] - m), (m, size[1] - m), (m, m)], breadth)


def washed(sheet: Pixels, mask: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint watercolour that is darker towards the edges."""
    tone = 0.90 + 0.045 * fractal_noise(rng, motif.size, 130, octaves=5)
    return ink(sheet, mask * np.clip(tone, 0.6, 1), motif.palette[2], 0.96)


def hemisphere(sheet: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Plate, Plate]:
    (width, height), radius = motif.size, 0.395 * min(motif.size)
    return hemispheres(sheet, motif, rng, [(width / 2, height * 0.465, radius)])


def double(sheet: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Plate, Plate]:
    width, height = motif.size
    return hemispheres(sheet, motif, rng, [(width * share, height * 0.48, width * 0.205) for share in (0.27, 0.73)])


def hemispheres(
    sheet: Pixels, motif: Motif, rng: Generator, globes: list[tuple[float, float, float]]
) -> tuple[Pixels, Plate, Plate]:
    """Draw hemispheres with a graduated rim, meridians, the ecliptic and constellations."""
    disc, lines, accents = Plate(motif.size), Plate(motif.size), Plate(motif.size)
    for x, y, radius in globes:
        disc.disc(x, y, radius)
        for share, breadth in ((1.0, 2), (1.045, 1), (1.075, 2.5), (0.75, 0.6), (0.5, 0.6), (0.25, 0.6)):
            (lines if share >= 1 else accents).ring(x, y, radius * share, breadth)
        for degree in range(0, 360, 5):
            along = np.array([np.cos(np.radians(degree)), np.sin(np.radians(degree))])
            lines.line([along * radius * 1.0 + (x, y), along * radius * (1.045 if degree % 15 else 1.075) + (x, y)], 1)
            if degree % 30 == 0:
                accents.line([along * radius * 0.06 + (x, y), along * radius + (x, y)], 0.6)
        accents.ring(x - radius * 0.16, y + radius * 0.1, radius * 0.66, 1.6)
        constellations(accents, x, y, radius, rng)
    titled(lines, motif)
    return washed(sheet, disc.pixels(), motif, rng), lines, accents


def system(sheet: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Plate, Plate]:
    """Draw the sun with rays, and planets on their orbits."""
    (width, height), lines, accents = motif.size, Plate(motif.size), Plate(motif.size)
    x, y, reach = width / 2, height * 0.465, 0.41 * min(motif.size)
    disc = Plate(motif.size)
    disc.disc(x, y, reach * 1.02)
    for i, share in enumerate(np.linspace(0.27, 1.0, 7) ** 1.05):
        accents.ring(x, y, reach * share, 1.0)
        turn, size = rng.uniform(0, 2 * np.pi), reach * rng.uniform(0.016, 0.045)
        px, py = x + np.cos(turn) * reach * share, y + np.sin(turn) * reach * share
        accents.disc(px, py, size)
        if i in (4, 5):
            accents.ring(px, py, size * 1.8, 1.5)
        accents.write(px, py - size - 12, ("I", "II", "III", "IV", "V", "VI", "VII")[i], 13)
    for i in range(32):
        turn = i * np.pi / 16
        tip = reach * (0.22 if i % 2 else 0.17)
        sides = [(x + np.cos(turn + d) * reach * 0.10, y + np.sin(turn + d) * reach * 0.10) for d in (-0.08, 0.08)]
        accents.polygon([*sides, (x + np.cos(turn) * tip, y + np.sin(turn) * tip)])
    accents.disc(x, y, reach * 0.085)
    titled(lines, motif)
    return washed(sheet, disc.pixels(), motif, rng), lines, accents


def phases(sheet: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Plate, Plate]:
    """Draw the phases of a month in a grid or a ring."""
    (width, height), lines, accents = motif.size, Plate(motif.size), Plate(motif.size)
    picture = sheet.copy()
    count, ringed = (12, True) if width == height else (20, False)
    for i in range(count):
        turn, columns = 2 * np.pi * i / count - np.pi / 2, 4 if height > width else 7
        place = (
            (width / 2 + np.cos(turn) * 0.33 * width, height * 0.47 + np.sin(turn) * 0.33 * height)
            if ringed
            else (width * (0.16 + 0.68 * (i % columns) / (columns - 1)), height * (0.13 + 0.155 * (i // columns)))
        )
        picture = moon(picture, place, 0.058 * min(motif.size) * (1.1 if ringed else 1), i / count, motif)
        lines.write(place[0], place[1] + 0.075 * min(motif.size), str(i + 1), 13)
    if ringed:
        picture = moon(picture, (width / 2, height * 0.47), 0.17 * width, 0.5, motif)
        lines.ring(width / 2, height * 0.47, 0.415 * width, 1.2)
        lines.ring(width / 2, height * 0.47, 0.235 * width, 1.2)
    titled(lines, motif)
    return picture, lines, accents


def comet(sheet: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Plate, Plate]:
    """Draw a comet with a broad tail over stars, and a low horizon."""
    (width, height), (x, y) = motif.size, axes(motif.size)
    sky = mix(
        plain(motif.size, motif.palette[2]),
        rgb(motif.palette[0]),
        (0.75 * smoothstep(0.45 * height, 1.02 * height, y)) ** 1.5,
    )
    hx, hy, lean = width * rng.uniform(0.3, 0.4), height * rng.uniform(0.52, 0.62), rng.uniform(-0.95, -0.6)
    along = (x - hx) * np.cos(lean) + (y - hy) * np.sin(lean)
    across = -(x - hx) * np.sin(lean) + (y - hy) * np.cos(lean) + 0.0005 * np.clip(along, 0, None) ** 2
    rays = 0.75 + 0.25 * np.sin(across / (14 + 0.16 * np.abs(along)) * 26)
    tail = np.exp(-((across / (9 + 0.19 * np.clip(along, 0, None))) ** 2)) * np.exp(
        -np.clip(along, 0, None) / (0.42 * max(motif.size))
    )
    head = np.exp(-np.hypot(x - hx, y - hy) / 15) * 1.4
    picture = mix(sky, rgb(motif.palette[3]), np.clip(tail * rays * smoothstep(-14, 6, along) + head, 0, 1))
    hills = 0.90 * height + 0.03 * height * smooth_noise(rng, (width, 3), 170)[1][None, :]
    picture = mix(picture, rgb(motif.palette[1]), smoothstep(-1, 1, y - hills))
    lines, accents, m = Plate(motif.size), Plate(motif.size), 0.05 * max(motif.size)
    for sx, sy, size in zip(
        rng.uniform(m, width - m, 150), rng.uniform(m, height * 0.8, 150), rng.exponential(1, 150), strict=True
    ):
        twinkle(accents, sx, sy, 1.5 + 1.7 * size)
    inside = (np.minimum(np.minimum(x, width - x), np.minimum(y, height - y)) > m).astype(np.float32)
    return mix(sheet, picture, inside), lines, accents


def eclipse(sheet: Pixels, motif: Motif, rng: Generator) -> tuple[Pixels, Plate, Plate]:
    """Draw the corona in fine lines around the covered sun."""
    (width, height), lines, accents = motif.size, Plate(motif.size), Plate(motif.size)
    x, y, radius, m = width / 2, height * 0.47, 0.17 * min(motif.size), 0.05 * max(motif.size)
    panel, hole = Plate(motif.size), Plate(motif.size)
    panel.polygon([(m, m), (width - m, m), (width - m, height - 2 * m), (m, height - 2 * m)])
    lobes = rng.uniform(0, 2 * np.pi, 5)
    for turn in rng.uniform(0, 2 * np.pi, 1500):
        swell = np.exp(np.cos(turn - lobes) * 9 - 9).sum()
        reach = radius * (1.12 + (0.25 + 1.0 * swell) * rng.uniform(0, 1) ** 1.5)
        accents.line(
            [
                (x + np.cos(turn + d) * r, y + np.sin(turn + d) * r)
                for d, r in ((0, radius), (rng.normal(0, 0.03), reach))
            ],
            0.6,
        )
    hole.disc(x, y, radius * 0.985)
    accents.image.paste(0, mask=hole.image)
    titled(lines, motif)
    return washed(sheet, panel.pixels(), motif, rng), lines, accents


def titled(lines: Plate, motif: Motif) -> None:
    lines.write(motif.size[0] / 2, motif.size[1] - 0.062 * max(motif.size), motif.title.upper(), 0.02 * max(motif.size))


COMPOSITIONS = {
    "hemisphere": hemisphere,
    "double": double,
    "system": system,
    "phases": phases,
    "comet": comet,
    "eclipse": eclipse,
}

FAMILY = Family(
    name="celestial",
    department="Books and Paper",
    classification="Maps",
    mediums=("Engraving with watercolour", "Colour lithograph", "Copper engraving, hand-coloured"),
    long_side_cm=(30, 74),
    makers=(
        Maker(("Joachim Wendelin Stroop",), "Dutch", 1681, 1722),
        Maker(("Institut Uranographique Marchal",), "French", 1834, 1878),
        Maker(("Eliza Penhallow", "Thomas Garrick Thorne"), "British", 1818, 1846),
    ),
    notes={
        "hemisphere": "One hemisphere of the sky, with its constellations, meridians and the ecliptic.",
        "double": "Both hemispheres of the sky, side by side.",
        "system": "The planets on their rings round a sun with rays.",
        "phases": "The moon's month, from new to new.",
        "comet": "A comet spreads its tail over a low horizon.",
        "eclipse": "The corona, seen in the minutes of totality.",
    },
    motifs=(
        Motif("The Northern Sky", "hemisphere", ("#e9dcbb", "#2c2a28", "#1f3557", "#f0e2b8"), SQUARE),
        Motif("The Southern Sky", "hemisphere", ("#ede3cc", "#3a2a20", "#dccfa9", "#4b2f22"), SQUARE),
        Motif("Planisphere for Mariners", "hemisphere", ("#dfd6c0", "#1f2b2c", "#2f5a58", "#efe7cb"), TALL),
        Motif("Both Hemispheres of the Fixed Stars", "double", ("#ecdfc0", "#33261c", "#24415f", "#f2e6c4"), BROAD),
        Motif("Two Skies, after the Old Reckoning", "double", ("#e5d8b8", "#4a2a20", "#8a3f2c", "#f3e5bd"), BROAD),
        Motif("The Seven Wanderers", "system", ("#e8dcc0", "#2a2624", "#2a2c3f", "#e6c26c"), SQUARE),
        Motif("Scheme of the Planets", "system", ("#efe6d0", "#3b2b20", "#e3d3a6", "#8c3a24"), TALL),
        Motif("The Moon's Month", "phases", ("#d9cfb6", "#2a2723", "#24283a", "#efe6cc"), SQUARE),
        Motif("Twenty Nights", "phases", ("#22293c", "#d9cfae", "#141926", "#e9dfc0"), TALL),
        Motif("The Great Comet over the Downs", "comet", ("#e3c9a0", "#1c2430", "#25395e", "#f6ecd0"), TALL),
        Motif("Comet before Dawn", "comet", ("#d99f7c", "#241c2b", "#3b3358", "#fbeccb"), BROAD),
        Motif("Corona, Observed in Totality", "eclipse", ("#e6dcc6", "#2a2826", "#12161f", "#e9e2d0"), TALL),
    ),
    paint=paint,
)
