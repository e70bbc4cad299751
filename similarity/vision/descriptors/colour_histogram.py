"""The colour lens: a histogram of a picture's colours, independent of their places. Uses numpy only."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from collection.imaging.palette.lab import lab
from similarity.vision.contract import Identity, Recipe
from similarity.vision.lenses import COLOUR

Floats = NDArray[np.float32]

SIDE_PX = 224
SAMPLES = 96  # pixels a side that are sampled
# Centres of the bins in CIELAB. L* is spaced evenly; a* and b* are denser near grey, where most paintings are.
LIGHTNESS = np.linspace(0, 100, 8, dtype=np.float32)
CHROMA = np.array([-60, -35, -18, -6, 6, 18, 35, 60], np.float32)
AXES = (LIGHTNESS, CHROMA, CHROMA)
BINS = tuple(len(axis) for axis in AXES)
RECIPE = Recipe(COLOUR, "soft-histogram")


def histogram(pixels: NDArray[np.uint8]) -> Floats:
    """Return the histogram (512,) float32, length 1, of (H, W, 3) uint8 sRGB.

    Each pixel is shared among the eight bins around its colour, so that a small change of colour is a small change of
    the vector. The square roots make the cosine of two histograms their Bhattacharyya coefficient.
    """
    colours = lab(_thinned(pixels)).reshape(-1, 3)
    lower, shares = zip(*(_place(colours[:, n], axis) for n, axis in enumerate(AXES)), strict=True)
    counts = np.zeros(np.prod(BINS), np.float64)
    for corner in product((0, 1), repeat=3):
        bins = np.ravel_multi_index([start + step for start, step in zip(lower, corner, strict=True)], BINS)
        weights = np.prod([s if step else 1 - s for s, step in zip(shares, corner, strict=True)], axis=0)
        counts += np.bincount(bins, weights, len(counts))
    return np.asarray(np.sqrt(counts / counts.sum()), dtype=np.float32)


def _thinned(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Sample pixels evenly. Averages would create colours that the picture does not have."""
    rows, columns = (np.linspace(0, side - 1, min(side, SAMPLES)).round().astype(np.intp) for side in pixels.shape[:2])
    return pixels[rows[:, None], columns]


def _place(values: Floats, axis: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return for values (P,) the index of the bin below each, and the share 0..1 that the bin above gets."""
    place = np.interp(values, axis, np.arange(len(axis)))
    lower = np.minimum(place.astype(np.intp), len(axis) - 2)
    return lower, (place - lower).astype(np.float32)


class ColourEmbedder:
    """The embedder of the colour lens. It has no network."""

    identity = Identity("lab", "", True)
    canvases = ((SIDE_PX, SIDE_PX),)  # pictures of any other shape work as well
    batch_size = 64
    recipes = {RECIPE: int(np.prod(BINS))}

    def source_of(self, recipe: Recipe) -> Identity:
        return self.identity

    def describe(
        self, pictures: Sequence[NDArray[np.uint8]], recipes: Sequence[Recipe]
    ) -> dict[Recipe, NDArray[np.float32]]:
        """Return (N, 512) float32, rows of length 1, of N pictures (H, W, 3). Raise KeyError for any other recipe."""
        for recipe in recipes:
            _ = self.recipes[recipe]
        if not recipes:
            return {}
        rows = [histogram(picture) for picture in pictures]
        return {RECIPE: np.stack(rows) if rows else np.empty((0, self.recipes[RECIPE]), np.float32)}
