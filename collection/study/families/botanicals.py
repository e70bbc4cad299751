"""Botanical sheets: invented plants, drawn by branching rules and painted in watercolour."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from collection.study.canvas import Pixels, Plate, blurred, fractal_noise, ink, mix, moved, paper, rgb
from collection.study.growth import blade, heading, stem
from collection.study.records import Family, Maker, Motif

SHEET, SLIM, FOLIO = (760, 1040), (680, 1060), (820, 1000)


def paint(motif: Motif, rng: Generator) -> Pixels:
    """Palette: paper, leaf, shadow of the leaf, flower, line. Layers: stems and leaves, flowers, drawn lines."""
    sheet = paper(rng, motif.size, motif.palette[0], strength=1.5)
    leaves, flowers, lines = Plate(motif.size), Plate(motif.size), Plate(motif.size)
    COMPOSITIONS[motif.kind](leaves, flowers, lines, motif, rng)
    sheet = washed(sheet, leaves.pixels(), rgb(motif.palette[1]), rgb(motif.palette[2]), motif, rng)
    flower, line = rgb(motif.palette[3]), rgb(motif.palette[4])
    sheet = washed(sheet, flowers.pixels(), flower, mix(flower, line, 0.45), motif, rng)
    captioned(lines, motif, rng)
    return ink(sheet, lines.pixels(), motif.palette[4], 0.78)


def washed(sheet: Pixels, mask: Pixels, light: Pixels, deep: Pixels, motif: Motif, rng: Generator) -> Pixels:
    """Paint watercolour: uneven in the middle, darker at the edge."""
    pools = np.clip(0.42 + 0.34 * fractal_noise(rng, motif.size, 60, octaves=4), 0, 1)
    rim = np.clip(mask - blurred(mask, 3.5), 0, 1) * 1.5
    return mix(sheet, mix(mix(light, deep, pools), deep * 0.8, rim), 0.90 * mask)


def captioned(lines: Plate, motif: Motif, rng: Generator) -> None:
    """Add a name below, a plate number above, and the mark of the copper plate around."""
    (width, height), m = motif.size, 0.035 * max(motif.size)
    lines.line([(m, m), (width - m, m), (width - m, height - m), (m, height - m), (m, m)], 1.0)
    lines.write(width / 2, height - 1.9 * m, motif.title, 0.026 * height)
    lines.write(width - 1.6 * m, 1.6 * m, f"Tab. {int(rng.integers(4, 96))}", 0.015 * height, anchor="rm")


def pinnate(leaves: Plate, flowers: Plate, lines: Plate, motif: Motif, rng: Generator) -> None:
    """Draw leaves along two or three stems from one root, with berries at the tips."""
    width, height = motif.size
    for k, lean in enumerate(rng.permutation(np.array([-0.42, 0.03, 0.4]))):
        path = stem(
            width * 0.5,
            height * 0.87,
            height * rng.uniform(0.58, 0.72) * (1 - 0.35 * abs(lean)),
            -np.pi / 2 + lean * 0.9,
            lean * 0.7 + rng.normal(0, 0.1),
        )
        lines.line(path, 2.6)
        for i in range(7, 29, 3 + k % 2):
            for side in (-1, 1):
                size = width * 0.19 * np.sin(np.pi * (0.2 + 0.7 * i / 30))
                blade(leaves, lines, path[i], size, size * 0.42, heading(path, i) + side * 0.95, -side * 0.35)
        blade(leaves, lines, path[-1], width * 0.13, width * 0.05, heading(path, 28))
        for _ in range(5):
            x, y = path[-4] + rng.normal(0, 22, 2)
            lines.line([path[-6], (x, y)], 1)
            flowers.disc(x, y, rng.uniform(6, 10))


def fern(leaves: Plate, flowers: Plate, lines: Plate, motif: Motif, rng: Generator) -> None:
    """Draw fronds, twice divided, one of them still curled."""
    width, height = motif.size
    for lean, share in ((-0.28, 0.8), (0.24, 0.9), (0.0, 1.08)):
        path = stem(width * 0.5 + 40 * lean, height * 0.88, height * 0.68 * share, -np.pi / 2 + lean, lean * 1.5, 44)
        lines.line(path, 2.4)
        for i in range(7, 44, 2):
            size = width * 0.175 * np.sin(np.pi * (1 - i / 46) ** 0.8) ** 0.9
            for side in (-1, 1):
                branch = stem(path[i][0], path[i][1], size, heading(path, i) + side * 1.15, -side * 0.3, 12)
                lines.line(branch, 0.8)
                for j in range(1, 12):
                    for edge in (-1, 1):
                        blade(
                            leaves,
                            lines,
                            branch[j],
                            size * 0.17 * (1 - j / 15),
                            size * 0.06,
                            heading(branch, j) + edge * 1.0,
                        )
    turn = np.linspace(0, 14, 60)
    flowers.line(
        np.stack([width * 0.72 + np.cos(turn) * (30 - 2 * turn), height * 0.72 + np.sin(turn) * (30 - 2 * turn)], -1), 4
    )
    lines.line(stem(width * 0.52, height * 0.88, height * 0.2, -0.9, -0.6), 2.2)


def umbel(leaves: Plate, flowers: Plate, lines: Plate, motif: Motif, rng: Generator) -> None:
    """Draw rays that end in rays with small flowers, and feathery leaves low on the stem."""
    width, height = motif.size
    for lean, share in ((0.0, 1.0), (-0.34, 0.72), (0.36, 0.62)):
        path = stem(width * 0.5, height * 0.88, height * 0.56 * share, -np.pi / 2 + lean, lean * 0.3)
        lines.line(path, 2.8)
        for i in np.linspace(-1.15, 1.15, 13):
            ray = stem(
                path[-1][0],
                path[-1][1],
                height * 0.155 * share * (1 - 0.12 * i * i),
                heading(path, 28) + i,
                -i * 0.35,
                10,
            )
            lines.line(ray, 1.1)
            for j in np.linspace(-1.2, 1.2, 7):
                tip = stem(ray[-1][0], ray[-1][1], height * 0.034 * share, heading(ray, 8) + j, 0, 5)[-1]
                lines.line([ray[-1], tip], 0.7)
                for turn in range(5):
                    flowers.disc(tip[0] + 3.2 * np.cos(turn * 1.257), tip[1] + 3.2 * np.sin(turn * 1.257), 2.9)
        for i in (5, 11):
            side = 1 if (i + (lean > 0)) % 2 else -1
            for j in range(9):
                blade(
                    leaves,
                    lines,
                    path[i] + [side * j * 13, -j * 8.0],
                    66 - 5 * j,
                    15,
                    heading(path, i) + side * (0.5 + 0.7 * (j % 2)),
                    0.2,
                )


def bloom(leaves: Plate, flowers: Plate, lines: Plate, motif: Motif, rng: Generator) -> None:
    """Draw large flowers with broad petals on slender stems, one in bud."""
    width, height = motif.size
    petals = int(rng.integers(5, 9))
    for k, (lean, share) in enumerate(((-0.26, 0.92), (0.24, 0.76), (0.02, 0.5))):
        path = stem(width * 0.5, height * 0.88, height * 0.66 * share, -np.pi / 2 + lean, -lean * 0.9)
        lines.line(path, 3)
        radius = width * (0.155, 0.125, 0.06)[k]
        for ring, size in ((0.0, 1.0), (0.5, 0.68)):
            for i in range(petals):
                angle = 2 * np.pi * (i + ring) / petals + lean
                blade(flowers, lines, path[-1], radius * size, radius * size * 4.4 / petals, angle, 0.2)
        for _ in range(26):
            x, y = path[-1] + rng.normal(0, radius * 0.1, 2)
            lines.disc(x, y, 2.0)
        for i in (4, 9, 14):
            side = 1 if (i + k) % 2 else -1
            blade(
                leaves,
                lines,
                path[i],
                width * 0.27 * (1 - i / 40),
                width * 0.075,
                heading(path, i) + side * 0.8,
                side * 0.5,
                lobes=4,
            )


def grasses(leaves: Plate, flowers: Plate, lines: Plate, motif: Motif, rng: Generator) -> None:
    """Draw ears of grain over long blades."""
    width, height = motif.size
    for k in range(7):
        lean = (k - 3) * 0.058 + rng.normal(0, 0.03)
        path = stem(
            width * (0.5 + 0.012 * (k - 3)),
            height * 0.89,
            height * rng.uniform(0.60, 0.76),
            -np.pi / 2 + lean,
            lean * 1.5,
            40,
        )
        lines.line(path, 1.6)
        for i in range(27, 40):
            for side in (-1, 1):
                blade(flowers, lines, path[i], 31, 12, heading(path, i) + side * 0.5)
                lines.line(stem(path[i][0], path[i][1], 74, heading(path, i) + side * 0.32, 0, 4), 0.5)
        side = 1 if k % 2 else -1
        blade(leaves, lines, path[6 + k], height * 0.27, 17, heading(path, 7) + side * 0.35, side * 1.1)


def bough(leaves: Plate, flowers: Plate, lines: Plate, motif: Motif, rng: Generator) -> None:
    """Draw a bough whose shoots split in two, with leaves and fruit at the ends."""
    width, height = motif.size
    shoots = [(np.array([width * 0.2, height * 0.82]), -0.95, height * 0.2, 9.0)]
    for level in range(4):
        grown = []
        for foot, angle, length, thick in shoots:
            path = stem(foot[0], foot[1], length, angle, rng.normal(0, 0.12), 12)
            lines.line(path, max(1.2, thick))
            for side in (-1, 1):
                turned = heading(path, 10) + side * rng.uniform(0.28, 0.62)
                grown.append((path[-1], turned, length * rng.uniform(0.68, 0.84), thick * 0.6))
            if level > 0:
                for i in range(2, 12, 4):
                    blade(leaves, lines, path[i], width * 0.085, width * 0.034, angle + rng.choice([-1, 1]) * 1.1, 0.3)
        shoots = grown
    for foot, angle, _, _ in shoots:
        blade(leaves, lines, foot, width * 0.10, width * 0.04, angle, 0.2)
        if rng.random() < 0.42:
            flowers.disc(foot[0] + 4, foot[1] + 20, width * 0.021)
            lines.line([foot, moved(foot, 4, 12)], 1.2)


COMPOSITIONS = {"pinnate": pinnate, "fern": fern, "umbel": umbel, "bloom": bloom, "grasses": grasses, "bough": bough}

FAMILY = Family(
    name="botanicals",
    department="Books and Paper",
    classification="Drawings",
    mediums=("Watercolour and ink on vellum paper", "Hand-coloured engraving", "Watercolour over graphite"),
    long_side_cm=(26, 52),
    makers=(
        Maker(("Friederike Amalie Tannhof",), "German", 1772, 1814),
        Maker(("Barnaby Quillfeather",), "British", 1801, 1839),
        Maker(("Marie-Laure Desvignes", "Étienne Roquebrun"), "French", 1828, 1856),
    ),
    notes={
        "pinnate": "Leaves in pairs along their stems, with ripe berries.",
        "fern": "A fern with twice divided fronds; one is still curled.",
        "umbel": "An umbel whose rays end in rays, with feathery leaves.",
        "bloom": "Broad petals on slender stems.",
        "grasses": "Ears of grain with long awns.",
        "bough": "A fruiting bough; every shoot divides in two.",
    },
    motifs=(
        Motif("Solanthus baccifera", "pinnate", ("#efe5cc", "#7f9a5f", "#3f5f3a", "#b0402f", "#33301f"), SHEET),
        Motif("Laurinia glauca", "pinnate", ("#ece6d6", "#8fa89c", "#45665f", "#3b3f6d", "#2b3232"), FOLIO),
        Motif("Filix bipartita", "fern", ("#efe8d2", "#6f8f4f", "#2f5232", "#8a6a3c", "#2c3422"), SHEET),
        Motif("Filix autumnalis", "fern", ("#ece0c4", "#b98a45", "#7a4a26", "#5a3a22", "#3d2a1a"), FOLIO),
        Motif("Umbella candida", "umbel", ("#d9d3b9", "#6d8a55", "#3a5a38", "#f3eee0", "#39402c"), SHEET),
        Motif("Umbella lutea", "umbel", ("#efe6cf", "#8aa060", "#4a6a3c", "#d9a62f", "#3f3a22"), SLIM),
        Motif("Papaverella rubra", "bloom", ("#f0e7d0", "#86a06a", "#45663f", "#cf4a33", "#4a1f1c"), SHEET),
        Motif("Anemonopsis caerulea", "bloom", ("#ebe6d8", "#7f9a70", "#3f5f45", "#5a78b5", "#232c52"), FOLIO),
        Motif("Stella rosea", "bloom", ("#efe4cd", "#93a36a", "#566b38", "#d98a94", "#5f2a3c"), SLIM),
        Motif("Triticella aurea", "grasses", ("#ece2c8", "#9fa463", "#67703a", "#d3a548", "#54401f"), SLIM),
        Motif("Malus silvicola", "bough", ("#efe7d2", "#83a05f", "#466a3b", "#c9572f", "#3b2c22"), FOLIO),
        Motif("Prunella nocturna", "bough", ("#e8e0cc", "#7b8f7c", "#3f5550", "#3d3358", "#2b2428"), SHEET),
    ),
    paint=paint,
)
