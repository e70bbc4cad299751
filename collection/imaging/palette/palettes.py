"""The palette of a picture: a few colours in CIELAB with their shares, by k-means (Lloyd 1982) from fixed seeds."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from collection.imaging.palette import margins
from collection.imaging.palette.lab import lab, srgb

COLOURS = 5
SAMPLES = 64  # pixels sampled along each side
ROUNDS = 12
SAME = 8.0  # clusters whose centres are nearer than this, in CIELAB, are one colour
FARTHEST = 0.97  # quantile of distances; pixels beyond it are too few to be a colour of the picture
LEAST_SHARE = 0.02  # smaller clusters are left out

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Colour:
    """A colour of a palette: CIELAB under D65 (L* 0..100), and its share of the picture, 0..1."""

    lightness: float
    a: float
    b: float
    share: float

    @property
    def lab(self) -> tuple[float, float, float]:
        return self.lightness, self.a, self.b

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def hex(self) -> str:
        """Return the colour as six hex digits of sRGB."""
        return hex_of(self.lab)


@lru_cache(maxsize=10_000)
def hex_of(colour: tuple[float, float, float]) -> str:
    """Return a colour of CIELAB as six hex digits of sRGB."""
    return srgb(np.array(colour, np.float32)).tobytes().hex()


def palette(pixels: NDArray[np.uint8]) -> list[Colour]:
    """Return at most COLOURS colours of (H, W, 3) uint8 sRGB without plain margins, the largest share first.

    The same pixels always have the same palette.
    """
    whole = lab(pixels)
    left, top, right, bottom = margins.box_within(whole)
    colours = sampled(whole[top:bottom, left:right]).reshape(-1, 3)
    centres = seeds(colours)
    for _ in range(ROUNDS):
        nearest = distances(colours, centres).argmin(axis=1)
        counts = np.bincount(nearest, minlength=len(centres))
        sums = np.stack([np.bincount(nearest, colours[:, axis], len(centres)) for axis in range(3)], axis=1)
        centres = (sums[counts > 0] / counts[counts > 0, None]).astype(np.float32)
    shares = np.bincount(distances(colours, centres).argmin(axis=1), minlength=len(centres)) / len(colours)
    return merged(centres, shares)


def sampled(pixels: Floats) -> Floats:
    """Return (h, w, 3) of (H, W, 3) pixels at even steps. Means would be colours that the picture does not have."""
    rows, columns = (np.linspace(0, side - 1, min(side, SAMPLES)).round().astype(np.intp) for side in pixels.shape[:2])
    return pixels[rows[:, None], columns]


def seeds(colours: Floats) -> Floats:
    """Return COLOURS of the (N, 3) colours: the one nearest the mean, then the farthest each time (Gonzalez 1985)."""
    centres = [colours[distances(colours, colours.mean(axis=0, keepdims=True)).argmin()]]
    weights = np.full(len(colours), np.inf, np.float32)
    while len(centres) < COLOURS:
        weights = np.minimum(weights, distances(colours, centres[-1][None])[:, 0])
        order = np.argsort(weights, kind="stable")
        centres.append(colours[order[int(FARTHEST * (len(order) - 1))]])
    return np.stack(centres)


def distances(colours: Floats, centres: Floats) -> Floats:
    """Return the (N, K) distances of (N, 3) and (K, 3) colours: Delta E of CIE 1976."""
    return np.asarray(np.linalg.norm(colours[:, None] - centres[None], axis=2), np.float32)


def merged(centres: Floats, shares: NDArray[np.float64]) -> list[Colour]:
    """Join colours that look the same, leave out tiny ones, and sort by share."""
    found: list[tuple[Floats, float]] = []
    for place in np.argsort(-shares, kind="stable"):
        centre, share = centres[place], float(shares[place])
        twin = next((n for n, (other, _) in enumerate(found) if np.linalg.norm(other - centre) < SAME), None)
        if twin is None:
            found.append((centre, share))
        else:
            other, more = found[twin]
            found[twin] = (other * (more / (more + share)) + centre * (share / (more + share)), more + share)
    kept = [(centre, share) for centre, share in found if share >= LEAST_SHARE]
    return sorted((colour(centre, share) for centre, share in kept), key=lambda one: -one.share)


def colour(centre: Floats, share: float) -> Colour:
    lightness, a, b = centre.round(1).tolist()
    return Colour(lightness, a, b, round(share, 3))
