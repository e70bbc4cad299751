"""Which regions of two pictures answer each other: from the maps that a network makes of both, cell against cell.

Mutual nearest neighbours are weighed softly, and a match counts as far as its surroundings match too: I. Rocco et al.,
Neighbourhood Consensus Networks, NeurIPS 2018, of which nothing needs to be learnt here. That a network's last
convolutions know where in the picture something is: B. Zhou et al., Learning Deep Features for Discriminative
Localization, CVPR 2016. numpy only.

The scale is absolute, so that what is unrelated stays dark: its unit is how alike regions far apart within one picture
are to this network. Measured on museum pictures by MobileNetV2 at 448 px, share of a picture that is more than half
lit, plain areas damped (`cells.detail`), the trace of padding left on: 86 % of 20 photographs and their works, 51 % of
20 works and their middles (which are 65 % of them), 7 % of 60 nearest kin.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MATCHES_LIMIT = 6
SPREAD = 0.25  # of a side that marks lie apart at least, in each of the two pictures
LEAST_STRENGTH = 0.25  # of a match that is marked
FAR = 0.25  # of a side: cells this far apart in one picture show different things
# In units of the likeness u of far cells of one picture: dark up to DARK * u, fully lit from halfway between u and 1.
DARK = 0.5
COLOUR_SPREAD = 12.0  # of CIELAB: colours this far apart are two tints, at twice of it two colours
LEAST_NEIGHBOURS = 4  # cells: a match in a corner, and its neighbours within the picture
EDGE = 0.5  # of a match at the edge, before it is marked: what a network pads pictures with makes all edges alike
PADDED = 7  # one in so many rows and columns at each edge carries the trace of the padding
TINY = 1e-6


@dataclass(frozen=True)
class Match:
    """Cells (row, column) of the first and of the second picture that are each other's nearest."""

    a: tuple[int, int]
    b: tuple[int, int]
    strength: float  # likeness 0..1, times how much there is to see, which is 1 in a usual cell


@dataclass(frozen=True)
class Correspondence:
    """heat_a, heat_b: (H, W) float32, 0 = found nowhere in the other picture, 1 = as in a copy of it."""

    heat_a: Floats
    heat_b: Floats
    matches: tuple[Match, ...]  # the strongest first, at most MATCHES_LIMIT


def find(
    a: Floats, b: Floats, *, details: tuple[Floats, Floats] | None = None, reach: float | None = None
) -> Correspondence:
    """Maps (C, H, W) and (C, H, W) of two pictures -> what answers what.

    details: (H, W) 0..1 of each, how much there is to see (`cells.detail`); None: enough everywhere. reach: how far
    from its own place, as a share of a side, a region is looked for; None: everywhere. Raises ValueError for maps of
    different shapes.
    """
    if a.shape != b.shape or a.ndim != 3:
        raise ValueError(f"two maps of one network have one shape, these have {a.shape} and {b.shape}")
    side = a.shape[1:]
    (rows_a, energy_a), (rows_b, energy_b) = descriptors(a, b)
    if details is not None:
        energy_a, energy_b = energy_a * details[0].ravel(), energy_b * details[1].ravel()
    mutual = mutual_matches(consensus(cosines(rows_a, rows_b), side))
    if reach is not None:
        mutual = np.where(distances(side) <= reach * max(side), mutual, 0)
    baseline = (self_similarity(rows_a, side) + self_similarity(rows_b, side)) / 2
    heat = np.clip((mutual - DARK * baseline) / ((1 + baseline) / 2 - DARK * baseline), 0, 1)
    return Correspondence(
        (heat.max(axis=1) * np.minimum(energy_a, 1)).reshape(side),
        (heat.max(axis=0) * np.minimum(energy_b, 1)).reshape(side),
        marks(heat * np.sqrt(np.outer(energy_a * edge_weights(side), energy_b * edge_weights(side))), side),
    )


def find_colours(a: Floats, b: Floats) -> Correspondence:
    """CIELAB means of cells (3, H, W) and (3, H, W) -> which colours recur, wherever they lie.

    A cell is lit as far as the other picture has as much of its colour: histogram backprojection, M. Swain and
    D. Ballard, Color Indexing, IJCV 1991, with soft bins.
    """
    side = a.shape[1:]
    rows_a, rows_b = a.reshape(3, -1).T, b.reshape(3, -1).T
    across = colour_similarities(rows_a, rows_b)
    heat_a = np.minimum(across.sum(axis=1) / colour_similarities(rows_a, rows_a).sum(axis=1), 1)
    heat_b = np.minimum(across.sum(axis=0) / colour_similarities(rows_b, rows_b).sum(axis=1), 1)
    strengths = across * np.sqrt(np.outer(heat_a, heat_b))
    return Correspondence(heat_a.reshape(side), heat_b.reshape(side), marks(strengths, side))


def descriptors(a: Floats, b: Floats) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Maps -> for each picture (cells, C) rows of length 1, and (cells,) how much there is to see in each, 1 = usual.

    Centred by the mean of both: otherwise every cell resembles every other, along the direction common to all.
    """
    cells = np.concatenate([maps.reshape(len(maps), -1).T for maps in without_padding(a, b)])
    cells -= cells.mean(axis=0)
    lengths = np.linalg.norm(cells, axis=1)
    rows = cells / (lengths[:, None] + TINY)
    energies = lengths / (np.median(lengths) + TINY)
    half = len(cells) // 2
    return (rows[:half], energies[:half]), (rows[half:], energies[half:])


def without_padding(a: Floats, b: Floats) -> Floats:
    """Maps (C, H, W) of two pictures -> (2, C, H, W), without what the cells along an edge have in common.

    A network sees the zeros that it pads pictures with as a part of them: so all edges answer each other, and in an
    untrained network little else does; corners still do where patterns repeat. Taken off against left on, share of a
    picture that is more than half lit: ten photographs and their works 77 against 86 % (MobileNetV2), 58 against 71 %
    (untrained VGG16); the same photographs and other works 0 against 1 %, 8 against 17 %.
    """
    both = np.stack([a, b]).astype(np.float32)
    both -= both.mean(axis=(0, 2, 3), keepdims=True)
    for lines in (both, both.swapaxes(2, 3)):  # rows, then columns, in place
        deep = lines.shape[2] // PADDED
        for line in [*range(deep), *range(-deep, 0)]:
            lines[:, :, line] -= lines[:, :, line].mean(axis=(0, 2), keepdims=True)
    return both


def cosines(rows_a: Floats, rows_b: Floats) -> Floats:
    """(N, C) and (M, C), rows of length 1 -> (N, M) 0..1; opposites are as unlike as strangers."""
    products: Floats = rows_a @ rows_b.T
    return products.clip(0, 1)


def colour_similarities(colours_a: Floats, colours_b: Floats) -> Floats:
    """CIELAB (N, 3) and (M, 3) -> (N, M) 0..1, 1 for the same colour (CIE 1976 differences)."""
    differences = np.linalg.norm(colours_a[:, None] - colours_b[None], axis=2)
    likeness: Floats = np.exp(-((differences / COLOUR_SPREAD) ** 2)).astype(np.float32)
    return likeness


def consensus(likeness: Floats, side: tuple[int, ...]) -> Floats:
    """(N, N) -> (N, N): the mean over a match and the eight beside it, shifted alike in both pictures.

    A corner has three neighbours; matched with the opposite corner it has none, which counts against the match.
    """
    height, width = side
    wide = np.pad(likeness.reshape(height, width, height, width), 1)
    known = np.pad(np.ones((height, width, height, width), np.float32), 1)
    total: Floats = np.zeros_like(known[1:-1, 1:-1, 1:-1, 1:-1])
    count = np.zeros_like(total)
    for y in range(3):
        for x in range(3):
            window = np.s_[y : y + height, x : x + width, y : y + height, x : x + width]
            total += wide[window]
            count += known[window]
    total /= count.clip(LEAST_NEIGHBOURS)
    return total.reshape(likeness.shape)


def mutual_matches(likeness: Floats) -> Floats:
    """(N, M) -> (N, M): less, the more either cell has a better match elsewhere."""
    best_a = likeness / (likeness.max(axis=1, keepdims=True) + TINY)
    best_b = likeness / (likeness.max(axis=0, keepdims=True) + TINY)
    both: Floats = likeness * best_a * best_b
    return both


def self_similarity(rows: Floats, side: tuple[int, ...]) -> float:
    """0..1: how alike a picture's cells are to the most similar one far away in it; the median of all cells."""
    within = np.where(distances(side) > FAR * max(side), consensus(cosines(rows, rows), side), 0)
    return float(np.median(within.max(axis=1)))


def distances(side: tuple[int, ...]) -> Floats:
    """(N, N): between the places of two cells, in cells, by the longer of both ways."""
    places = np.indices(side).reshape(2, -1).T
    apart: Floats = np.abs(places[:, None] - places[None]).max(axis=2).astype(np.float32)
    return apart


def edge_weights(side: tuple[int, ...]) -> Floats:
    """(N,): less than 1 in the outermost cells."""
    weights = np.full(side, EDGE, np.float32)
    weights[1:-1, 1:-1] = 1
    return weights.ravel()


def marks(strengths: Floats, side: tuple[int, ...]) -> tuple[Match, ...]:
    """(N, N) -> the strongest pairs of mutually nearest cells, spread over both pictures."""
    nearest_b, nearest_a = strengths.argmax(axis=1), strengths.argmax(axis=0)
    cells = np.flatnonzero(nearest_a[nearest_b] == np.arange(len(strengths)))
    chosen: list[Match] = []
    for a in cells[np.argsort(-strengths[cells, nearest_b[cells]], kind="stable")]:
        b, strength = nearest_b[a], float(strengths[a, nearest_b[a]])
        match = Match(place(a, side), place(b, side), strength)
        if strength >= LEAST_STRENGTH and all(is_apart(match, other, SPREAD * max(side)) for other in chosen):
            chosen.append(match)
    return tuple(chosen[:MATCHES_LIMIT])


def place(cell: np.intp, side: tuple[int, ...]) -> tuple[int, int]:
    row, column = divmod(int(cell), side[1])
    return row, column


def is_apart(match: Match, other: Match, cells: float) -> bool:
    pairs = ((match.a, other.a), (match.b, other.b))
    return all(max(abs(one[0] - two[0]), abs(one[1] - two[1])) >= cells for one, two in pairs)
