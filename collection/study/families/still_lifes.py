"""Still lifes in hatching: bowls, bottles and fruit, drawn with strokes that follow their form."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, Plate, Size, axes, blurred, ink, moved, paper, smooth_noise, smoothstep
from collection.study.records import Family, Maker, Motif
from collection.study.turned import Relief, Turned, relief

BROAD, UPRIGHT, SQUARE = (1060, 800), (800, 1000), (940, 940)
PITCH_PX = 6.2  # px from one stroke to the next


def paint(motif: Motif, rng: Generator) -> Pixels:
    """Palette: paper, ink, and a second chalk for the lights or an accent."""
    things = [(thing, relief(thing, motif.size)) for thing in arranged(motif, rng)]
    tone, follow = tones(motif, things, rng)
    sheet = paper(rng, motif.size, motif.palette[0], strength=1.5)
    strokes = hatched(tone, follow, motif.size, rng)
    drawn = ink(sheet, strokes * margin(motif.size, rng), motif.palette[1], 0.88)
    if len(motif.palette) > 2:
        lights = hatched(np.clip(1.55 - tone * 3.2, 0, 0.7), follow + 400, motif.size, rng)
        covered = np.clip(sum(seen.mask for _, seen in things), 0, 1)
        drawn = ink(drawn, lights * covered, motif.palette[2], 0.75)
    return drawn


def arranged(motif: Motif, rng: Generator) -> list[Turned]:
    """Place the things that the kind names, from left to right. Those behind come first and stand higher."""
    width, height = motif.size
    names, table = ARRANGEMENTS[motif.kind], 0.66 * height
    scale = min(0.48 * width, 0.62 * height / (0.15 + max(TALL[name] for name in names)))  # the tallest one fits
    things = []
    for i, name in enumerate(names):
        tall = TALL[name] * scale * rng.uniform(0.92, 1.08)
        place = width * (0.5 + (i - (len(names) - 1) / 2) * min(0.72 / len(names), 0.26)) + rng.normal(0, 8)
        front = name in ("apple", "pear", "lemon", "cup")
        things.append(Turned(name, place, table + height * (0.13 if front else 0.03) + rng.uniform(0, 22), tall))
    return sorted(things, key=lambda thing: thing.foot)


def tones(motif: Motif, things: list[tuple[Turned, Relief]], rng: Generator) -> tuple[Pixels, Pixels]:
    """Return darkness 0..1 and the stroke coordinate in px, (H, W) each, of wall, table, shadows and things."""
    (width, height), (x, y) = motif.size, axes(motif.size)
    edge = 0.60 * height
    wall = 0.20 + 0.34 * smoothstep(0.0, 1.0, x / width) * smoothstep(1.15, 0.2, y / edge)
    tone = np.where(y < edge, wall, 0.13 + 0.10 * (y - edge) / (height - edge))
    tone = tone + 0.35 * np.exp(-np.abs(y - edge) / 2.0)
    follow = np.where(y < edge, (x + y) * 0.7071, y * 1.0 + 0.05 * x)
    for thing, _ in things:
        tone = np.maximum(tone, 0.80 * cast(thing, motif.size))
    for thing, seen in things:
        tone = tone + (darkness(thing, seen) - tone) * seen.mask
        follow = np.where(seen.mask > 0.5, round_strokes(thing, seen), follow)
    return tone + 0.02 * smooth_noise(rng, motif.size, 30), follow


def darkness(thing: Turned, seen: Relief) -> Pixels:
    local = {"bottle": 0.30, "flask": 0.24, "jug": 0.12, "pear": 0.05, "apple": 0.12}.get(thing.outline, 0.0)
    shade = local + (1 - local) * (1 - seen.light) ** 1.25 * 0.98
    rim = np.exp(-(((np.abs(seen.across) - 1) * seen.radius) ** 2) / 3.0)
    hollow = 0.55 * smoothstep(0.01, -0.005, seen.down) * (thing.outline in ("bowl", "cup", "jar", "jug", "vase"))
    glint = 0.5 * np.exp(-(((seen.across + 0.45) * 6) ** 2) - ((seen.down - 0.5) * 7) ** 2)
    return np.asarray(np.clip(shade + 0.75 * rim + hollow - glint, 0.02, 0.97))


def round_strokes(thing: Turned, seen: Relief) -> Pixels:
    """Return the stroke coordinate of a thing: rings around vessels, strokes from pole to pole on fruit."""
    if thing.outline in ("apple", "pear", "lemon"):
        return np.asarray(np.arcsin(seen.across) * thing.height * 0.36 + seen.down * 40)
    return np.asarray(seen.down * thing.height)


def cast(thing: Turned, size: Size) -> Pixels:
    """Return the shadow on the table, to the right, 0..1."""
    plate, turn = Plate(size), np.linspace(0, 2 * np.pi, 40)
    reach = thing.height * 0.34
    ellipse = np.stack([np.cos(turn) * reach * 1.5, np.sin(turn) * reach * 0.24], axis=-1)
    plate.polygon(moved(ellipse, thing.x + reach * 1.1, thing.foot + 2))
    return blurred(plate.pixels(), 6)


def hatched(tone: Pixels, follow: Pixels, size: Size, rng: Generator) -> Pixels:
    """Turn tones into strokes 0..1: one set follows the form, two more cross it where it is dark."""
    x, y = axes(size)
    tremor = smooth_noise(rng, size, 22) * 1.3 + smooth_noise(rng, size, 90) * 2
    marks = np.zeros_like(tone)
    for path, start in ((follow, 0.04), ((x - y) * 0.7071, 0.42), ((x * 0.97 + y * 0.26), 0.68)):
        weight = np.clip((tone - start) / (0.95 - start), 0, 1) * 0.46
        weight = weight * (1 + 0.16 * smooth_noise(rng, size, 14))
        phase = np.abs(((path + tremor) / PITCH_PX) % 1 - 0.5)
        marks = np.maximum(marks, smoothstep(-0.10, 0.10, weight - phase) * (weight > 0.02))
    return np.asarray(marks, dtype=np.float32)


def margin(size: Size, rng: Generator) -> Pixels:
    """Return a mask whose ragged edge ends the strokes before the edge of the sheet."""
    x, y = axes(size)
    inside = np.minimum(np.minimum(x, size[0] - x), np.minimum(y, size[1] - y))
    return smoothstep(0, 5, inside - 0.05 * max(size) + 6 * smooth_noise(rng, size, 7))


TALL = {"bottle": 1.15, "flask": 0.95, "vase": 0.95, "jar": 0.72, "amphora": 1.1, "bowl": 0.28, "cup": 0.3,
        "jug": 0.85, "apple": 0.27, "pear": 0.40, "lemon": 0.26}  # fmt: skip
ARRANGEMENTS = {
    "bottle and bowl": ("bottle", "lemon", "bowl"),
    "jug and pears": ("pear", "jug", "pear", "apple"),
    "three bottles": ("bottle", "flask", "bottle"),
    "kitchen table": ("jar", "apple", "bottle", "cup", "lemon"),
    "single vase": ("vase",),
    "jar and cup": ("jar", "cup"),
    "fruit": ("apple", "pear", "apple", "lemon"),
    "row of vessels": ("flask", "vase", "bottle", "jug", "jar"),
    "flask and apples": ("apple", "flask", "apple"),
    "pears": ("pear", "pear"),
    "amphora": ("amphora", "bowl"),
    "bowl": ("lemon", "bowl", "apple"),
}

FAMILY = Family(
    name="still_lifes",
    department="Drawings and Prints",
    classification="Drawings",
    mediums=("Pen and ink on laid paper", "Etching", "Pen, ink and chalk on tinted paper"),
    long_side_cm=(18, 46),
    makers=(
        Maker(("Giulio Serravento",), "Italian", 1911, 1949),
        Maker(("Margit Halvorsen-Lie",), "Norwegian", 1898, 1927),
        Maker(("Adriaan Zoutendijk",), "Dutch", 1871, 1902),
    ),
    notes={kind: f"{', '.join(names).capitalize()} on a table, in hatching that follows the forms."
           for kind, names in ARRANGEMENTS.items()},
    motifs=(
        Motif("Bottle, Lemon and Bowl", "bottle and bowl", ("#ebe1c8", "#2b2622"), BROAD),
        Motif("Jug with Pears", "jug and pears", ("#e4d3b0", "#5a2f1c"), BROAD),
        Motif("Three Bottles", "three bottles", ("#efe8d8", "#1d2a44"), UPRIGHT),
        Motif("The Kitchen Table", "kitchen table", ("#8fa0a6", "#1e2329", "#f0ede2"), (1100, 760)),
        Motif("Vase, Study in Sanguine", "single vase", ("#ecdfc8", "#8f3b22"), UPRIGHT),
        Motif("Jar and Cup", "jar and cup", ("#b9a582", "#2f241b", "#f4ead2"), SQUARE),
        Motif("Windfalls", "fruit", ("#f0ead9", "#2c3a2a"), BROAD),
        Motif("Five Vessels in a Row", "row of vessels", ("#e9dfc9", "#3a302a"), (1100, 700)),
        Motif("Flask between Apples", "flask and apples", ("#c7b7a0", "#40221c", "#f3e7d2"), SQUARE),
        Motif("Two Pears", "pears", ("#efe6d0", "#3b2c52"), (1000, 820)),
        Motif("Amphora and Dish", "amphora", ("#73808c", "#14181f", "#e9e4d6"), UPRIGHT),
        Motif("White Bowl", "bowl", ("#f2ecdf", "#5b4a3a"), BROAD),
    ),
    paint=paint,
)  # fmt: skip
