"""Suprematist geometry: bars, squares and discs over an off-white ground."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, Plate, Size, moved, paper, printed
from collection.study.records import Family, Maker, Motif

TALL, SQUARE, BROAD = (800, 1020), (960, 960), (1040, 820)


def paint(motif: Motif, rng: Generator) -> Pixels:
    plate = Plate(motif.size, motif.palette[0])
    COMPOSITIONS[motif.kind](plate, motif, rng)
    return printed(plate.pixels(), paper(rng, motif.size, motif.palette[0], strength=1.8))


def bar(plate: Plate, centre: Pixels, length: float, breadth: float, angle: float, colour: str) -> None:
    """Draw a tilted rectangle. The angle is in radians from the horizontal."""
    along = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    across = np.array([-np.sin(angle), np.cos(angle)]) * breadth / 2
    plate.polygon(
        [centre - along - across, centre + along - across, centre + along + across, centre - along + across], colour
    )


def flight(plate: Plate, motif: Motif, rng: Generator) -> None:
    """Paint bars along a diagonal, large ones first, with a few pieces apart."""
    (width, height), colours = motif.size, motif.palette[1:]
    angle = rng.choice([-1, 1]) * rng.uniform(0.5, 0.95)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    reach = 0.44 * min(width, height)
    for i, step in enumerate(np.linspace(-1, 1, 9)):
        centre = middle(motif.size) + along * reach * step + across * rng.normal(0, 0.10) * reach
        size = reach * rng.uniform(0.35, 1.1) * (1.15 - abs(step))
        turned = angle + np.pi / 2 if i % 3 else angle
        bar(plate, centre, size, reach * rng.choice([0.05, 0.09, 0.2, 0.3]), turned, colours[i % len(colours)])
    scatter(plate, motif, rng, angle, count=5)


def square(plate: Plate, motif: Motif, rng: Generator) -> None:
    """Paint one large tilted square and a small one."""
    width, height = motif.size
    side, angle = 0.44 * min(width, height), rng.uniform(-0.35, 0.35)
    centre = middle(motif.size) + np.array([-0.06 * width, -0.09 * height])
    bar(plate, centre, side, side, angle, motif.palette[1])
    away = centre + np.array([np.cos(angle + 0.8), np.sin(angle + 0.8)]) * side * 1.02
    bar(plate, away, side * 0.36, side * 0.36, angle + rng.uniform(0.2, 0.5), motif.palette[2])
    bar(plate, moved(away, side * -0.55, side * 0.16), side * 0.7, side * 0.05, angle + 0.05, motif.palette[-1])


def cross(plate: Plate, motif: Motif, rng: Generator) -> None:
    """Paint a leaning cross over a plane."""
    reach, angle = 0.72 * min(motif.size), rng.uniform(-0.3, 0.3)
    centre = middle(motif.size)
    bar(plate, moved(centre, reach * 0.2, reach * 0.16), reach * 0.56, reach * 0.3, angle + 0.55, motif.palette[2])
    bar(plate, centre, reach, reach * 0.17, angle + np.pi / 2, motif.palette[1])
    bar(plate, centre - [0, reach * 0.13], reach * 0.66, reach * 0.17, angle, motif.palette[1])
    scatter(plate, motif, rng, angle, count=3)


def disc(plate: Plate, motif: Motif, rng: Generator) -> None:
    """Paint a disc with crossing rods."""
    (width, height), reach = motif.size, min(motif.size)
    x, y = width * rng.uniform(0.38, 0.6), height * rng.uniform(0.34, 0.46)
    angle = rng.uniform(0.5, 1.0) * rng.choice([-1, 1])
    bar(plate, moved(middle(motif.size), 0, height * 0.1), reach * 0.95, reach * 0.13, angle, motif.palette[2])
    plate.disc(x, y, reach * 0.235, motif.palette[1])
    for i, offset in enumerate(np.linspace(-0.25, 0.3, 6)):
        centre = middle(motif.size) + np.array([offset * width, offset * height * 0.6 + height * 0.14])
        bar(
            plate,
            centre,
            reach * rng.uniform(0.3, 0.6),
            reach * 0.014 * (1 + i % 3),
            -angle * 0.75,
            motif.palette[3 + i % 2],
        )
    plate.disc(x + reach * 0.33, y + reach * 0.42, reach * 0.045, motif.palette[-1])


def segments(plate: Plate, motif: Motif, rng: Generator) -> None:
    """Paint halves and quarters of discs against a long wedge."""
    (width, height), reach = motif.size, min(motif.size)
    tip = np.array([width * 0.1, height * rng.uniform(0.7, 0.86)])
    plate.polygon([(tip[0], tip[1]), (width * 0.92, height * 0.30), (width * 0.84, height * 0.47)], motif.palette[1])
    turn = rng.uniform(0, 360)
    for i in range(4):
        x, y = width * (0.24 + 0.18 * i), height * (0.28 + 0.15 * ((i * 7) % 4))
        plate.pie(
            x, y, reach * (0.22 - 0.035 * i), turn + 75 * i, turn + 75 * i + (180, 90)[i % 2], motif.palette[2 + i % 3]
        )
    scatter(plate, motif, rng, 0.4, count=4)


def scatter(plate: Plate, motif: Motif, rng: Generator, angle: float, count: int) -> None:
    """Paint small pieces near the middle, all at the same angle."""
    reach = min(motif.size)
    for i in range(count):
        centre = middle(motif.size) + rng.uniform(-0.34, 0.34, 2) * motif.size
        length = reach * rng.uniform(0.03, 0.14)
        bar(
            plate,
            centre,
            length,
            reach * rng.uniform(0.012, 0.03),
            angle,
            motif.palette[1 + i % (len(motif.palette) - 1)],
        )


def middle(size: Size) -> Pixels:
    return np.array(size) / 2


COMPOSITIONS = {"flight": flight, "square": square, "cross": cross, "disc": disc, "segments": segments}
CREAM, CHALK, GREY = "#ece5d3", "#f0ede4", "#d9d6cc"
BLACK, RED, BLUE, YELLOW = "#1d1b1a", "#b8291e", "#24407c", "#dfa723"

FAMILY = Family(
    name="suprematist",
    department="Modern and Contemporary Art",
    classification="Paintings",
    mediums=("Oil on canvas", "Gouache and graphite on paper", "Tempera on board"),
    long_side_cm=(40, 96),
    makers=(
        Maker(("Vsevolod Arkadin",), "Russian", 1914, 1925),
        Maker(("Lidia Horovets",), "Ukrainian", 1916, 1928),
        Maker(("Vsevolod Arkadin", "Lidia Horovets"), "Russian and Ukrainian", 1919, 1922),
    ),
    notes={
        "flight": "Bars and planes climb along one diagonal, free of any ground line.",
        "square": "A great square leans against empty space and is answered by a small one.",
        "cross": "A leaning cross crosses a plane that seems to slip beneath it.",
        "disc": "A disc is held in balance by rods crossing in front of it.",
        "segments": "Segments of discs gather along a long wedge.",
    },
    motifs=(
        Motif("Ascent (Yellow and Black)", "flight", (CREAM, BLACK, YELLOW, RED, BLACK, BLUE), TALL),
        Motif("Dynamic Construction No. 8", "flight", (CHALK, RED, BLACK, "#6b7f4e", BLACK, YELLOW), BROAD),
        Motif("Eight Planes in Motion", "flight", (GREY, BLUE, BLACK, "#c9603a", "#7d8ea3"), SQUARE),
        Motif("Signal over the Steppe", "flight", ("#e4d9bd", "#7b2a24", "#d08a2e", BLACK, "#445c5a"), BROAD),
        Motif("Square and Its Answer", "square", (CHALK, BLACK, RED, BLACK), SQUARE),
        Motif("Red Square, Leaning", "square", (CREAM, RED, BLACK, BLUE), TALL),
        Motif("Blue Square with Ochre", "square", ("#e7e2d8", BLUE, YELLOW, BLACK), TALL),
        Motif("Cross over a Plane", "cross", (CHALK, BLACK, YELLOW, RED), TALL),
        Motif("White Field, Green Plane", "cross", (GREY, "#7d1f1d", "#52704f", BLACK), SQUARE),
        Motif("Disc in Suspension", "disc", (CREAM, BLACK, RED, BLUE, YELLOW), TALL),
        Motif("Orbit with Rods", "disc", ("#dcd7c6", "#c7512c", "#8fa0a8", BLACK, BLUE), BROAD),
        Motif("Wedge and Segments", "segments", (CREAM, RED, BLACK, BLUE, YELLOW), BROAD),
    ),
    paint=paint,
)
