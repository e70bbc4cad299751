"""Fakes that keep the contract of what they replace and take a fraction of the time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from similarity.models import Space
from similarity.spaces import planning
from similarity.vision.contract import Identity, Recipe
from similarity.vision.lenses import REGIONS

CELLS = 8
DIMENSIONS = 512
PARTS, CHANNELS = 10, 16  # of the lens regions
WINDOWS = Recipe(REGIONS, "windows-3")


class FakeEmbedder:
    """An embedder without a network: the mean colours of 8 x 8 cells, projected at random to 512 numbers.

    Similar pictures get near vectors. The vector of a picture is the same alone and in a batch. Each lens has a
    projection of its own.
    """

    side_px = 64
    canvases = ((64, 64),)

    def __init__(
        self,
        *,
        weights: str = "fake",
        is_trained: bool = True,
        batch_size: int = 4,
        lenses: Sequence[str] = ("look",),
    ) -> None:
        self.batch_size = batch_size
        self.identity = Identity("fake", weights, is_trained)
        self.recipes = {Recipe(lens, "cells"): DIMENSIONS for lens in lenses}
        self.mixings = {
            recipe: np.random.default_rng(7 + n).standard_normal((CELLS * CELLS * 3, DIMENSIONS)).astype(np.float32)
            for n, recipe in enumerate(self.recipes)
        }
        self.seen = 0  # pictures, over all batches

    def describe(
        self, pictures: Sequence[NDArray[np.uint8]], recipes: Sequence[Recipe]
    ) -> dict[Recipe, NDArray[np.float32]]:
        self.seen += len(pictures)
        return {recipe: unit(self.cells(pictures) @ self.mixings[recipe]) for recipe in recipes}

    def source_of(self, recipe: Recipe) -> Identity:
        return self.identity

    def cells(self, squares: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        cell_px = self.side_px // CELLS
        pixels = np.array(squares, np.float32).reshape(-1, CELLS, cell_px, CELLS, cell_px, 3)
        return pixels.mean(axis=(2, 4)).reshape(len(squares), CELLS * CELLS * 3) - 127.5


class WindowedEmbedder(FakeEmbedder):
    """A fake that offers the lens regions too. Each part of a picture is the beginning of its look."""

    def __init__(self) -> None:
        super().__init__()
        self.recipes[WINDOWS] = PARTS * CHANNELS
        self.mixings[WINDOWS] = np.tile(next(iter(self.mixings.values()))[:, :CHANNELS], PARTS)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def opened(embedder: FakeEmbedder, lens: str = "look") -> Space:
    """Open the spaces of an embedder as the start of a worker does. Return that of raw vectors for the lens."""
    planning.open_all(embedder)
    return Space.objects.get(
        lens=lens, weights_digest=embedder.identity.weights_digest, projection="", dimensions__gt=0
    )


def vectors(embedder: FakeEmbedder, squares: Sequence[NDArray[np.uint8]], lens: str = "look") -> NDArray[np.float32]:
    """Return the (N, 512) float32 vectors that a space without projection stores for N pictures."""
    recipe = next(recipe for recipe in embedder.recipes if recipe.lens == lens)
    return embedder.describe(squares, [recipe])[recipe]
