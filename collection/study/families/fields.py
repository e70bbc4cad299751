"""Colour fields: blocks of paint with soft edges on a stained ground."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, axes, fractal_noise, mix, plain, rgb, smooth_noise, smoothstep
from collection.study.records import Family, Maker, Motif

TALL, UPRIGHT, SQUARE, BROAD = (780, 1040), (860, 1000), (960, 960), (1060, 800)


def paint(motif: Motif, rng: Generator) -> Pixels:
    ground = stained(rng, plain(motif.size, motif.palette[0]), motif.size)
    return canvas_weave(rng, COMPOSITIONS[motif.kind](ground, motif, rng), motif.size)


def stacked(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint blocks above each other, with different heights in each picture."""
    width, height = motif.size
    margin, gap = 0.075 * width, 0.018 * height
    shares = rng.dirichlet(np.full(len(motif.palette) - 1, 3.0)) * 0.6 + 0.4 / (len(motif.palette) - 1)
    free = height - 2 * margin - gap * (len(shares) - 1)
    top = margin
    for share, colour in zip(shares, motif.palette[1:], strict=True):
        box = (margin, top, width - margin, top + share * free)
        picture = block(picture, box, colour, rng)
        top = box[3] + gap
    return picture


def zips(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint one wide field that narrow bands cut from top to bottom."""
    width, height = motif.size
    places = np.sort(rng.choice(np.arange(2, 19), len(motif.palette) - 1, replace=False)) / 20 * width
    for place, colour in zip(places, motif.palette[1:], strict=True):
        breadth = width * rng.choice([0.012, 0.03, 0.075])
        picture = block(picture, (place, -40, place + breadth, height + 40), colour, rng, edge=2.5)
    return picture


def nested(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint squares within squares, nearer to the lower edge."""
    width, height = motif.size
    for i, colour in enumerate(motif.palette[1:], start=1):
        inset = i / (len(motif.palette) + 0.6)
        side, down = inset * width * 0.5, inset * height
        box = (side, down * 0.72, width - side, height - down * 0.28)
        picture = block(picture, box, colour, rng, edge=3)
    return picture


def horizon(picture: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint two broad zones with a bright line between them."""
    width, height = motif.size
    line = height * rng.uniform(0.5, 0.68)
    picture = block(picture, (-60, -60, width + 60, line), motif.palette[1], rng, edge=60)
    picture = block(picture, (-60, line + 20, width + 60, height + 60), motif.palette[2], rng, edge=40)
    return block(picture, (-60, line - 8, width + 60, line + 26), motif.palette[3], rng, edge=14)


def block(
    picture: Pixels, box: tuple[float, float, float, float], colour: str, rng: Generator, edge: float = 16
) -> Pixels:
    """Paint a rectangle with a soft edge: a wide thin layer first, then the opaque paint."""
    height, width = picture.shape[:2]
    x, y = axes((width, height))
    inside = np.minimum(np.minimum(x - box[0], box[2] - x), np.minimum(y - box[1], box[3] - y))
    inside = inside + fractal_noise(rng, (width, height), 60, octaves=3, stretch=1.6) * edge * 0.28
    strokes = fractal_noise(rng, (width, height), 90, octaves=4, stretch=2.2)
    hue = rgb(colour)
    body = np.clip(hue * (1 + 0.055 * strokes[..., None]) + 0.012 * strokes[..., None], 0, 1)
    picture = mix(picture, body, 0.35 * smoothstep(-edge, edge, inside))
    density = np.clip(0.9 + 0.10 * fractal_noise(rng, (width, height), 180, octaves=3), 0.55, 1)
    return mix(picture, body, density * smoothstep(-edge * 0.1, edge * 1.7, inside))


def stained(rng: Generator, picture: Pixels, size: tuple[int, int]) -> Pixels:
    """Stain the cloth unevenly with thin paint."""
    clouds = fractal_noise(rng, size, 220, octaves=5) * 0.06
    return np.asarray(np.clip(picture * (1 + clouds[..., None]) + 0.25 * clouds[..., None] ** 2, 0, 1))


def canvas_weave(rng: Generator, picture: Pixels, size: tuple[int, int]) -> Pixels:
    x, y = axes(size)
    threads = 0.010 * (np.sin(x * 2.1) * np.sin(y * 2.1)) + 0.012 * smooth_noise(rng, size, 2)
    return np.asarray(np.clip(picture + threads[..., None], 0, 1), dtype=np.float32)


COMPOSITIONS = {"stacked": stacked, "zips": zips, "nested": nested, "horizon": horizon}

FAMILY = Family(
    name="fields",
    department="Modern and Contemporary Art",
    classification="Paintings",
    mediums=("Oil on canvas", "Oil and glue size on canvas", "Acrylic on unprimed canvas"),
    long_side_cm=(120, 230),
    makers=(
        Maker(("Ruth Abelmann",), "American", 1951, 1969),
        Maker(("Ilmari Koskenranta",), "Finnish", 1956, 1974),
        Maker(("Dolores Vandermeer",), "Dutch", 1960, 1978),
    ),
    notes={
        "stacked": "Soft-edged blocks of thinned paint float on a stained ground; the lower layers glow through.",
        "zips": "A single field is divided from edge to edge by narrow vertical bands.",
        "nested": "Squares set within squares; neighbouring tones make the flat surface seem to recede.",
        "horizon": "Two zones of colour meet in a burning line that can be read as a horizon.",
    },
    motifs=(
        Motif("Ochre over Plum", "stacked", ("#4a2236", "#d98e32", "#7a2d38", "#e0b354"), TALL),
        Motif("Untitled (Wine, Rust, Black)", "stacked", ("#5d1a1f", "#1f1517", "#a63a22", "#2b1a22"), TALL),
        Motif("Green Interval", "stacked", ("#22392f", "#5f8f62", "#d8d1a4", "#2f5a4e"), UPRIGHT),
        Motif("Two Blues and a Violet", "stacked", ("#1d2440", "#2f59a3", "#6d4f8f", "#16315c"), TALL),
        Motif("Saffron, White, Rose", "stacked", ("#e8c06a", "#f2e6d0", "#d9788a"), UPRIGHT),
        Motif("Ash Wednesday", "stacked", ("#3a3836", "#8d8880", "#201f20"), SQUARE),
        Motif("Red on Red", "nested", ("#7d1219", "#a81e22", "#c93a2b", "#e2633a"), SQUARE),
        Motif("Study for a Courtyard", "nested", ("#b9b296", "#8fa08a", "#5d8087", "#2f5573"), SQUARE),
        Motif("Threshold I", "zips", ("#9c1f1e", "#f1e4cf", "#2a1516", "#d9782f"), BROAD),
        Motif("Threshold IV", "zips", ("#1c3a5e", "#e6dcc6", "#c33d2a"), (1080, 720)),
        Motif("Last Light, Salt Flats", "horizon", ("#caa78a", "#e2b49a", "#6d5a6b", "#f6d98c"), BROAD),
        Motif("Baltic", "horizon", ("#56707c", "#a9bcc0", "#25404f", "#efe9d6"), BROAD),
    ),
    paint=paint,
)
