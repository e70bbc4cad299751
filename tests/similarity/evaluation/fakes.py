"""A fake embedder without a network, whose vectors are easy to compute by hand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from similarity.vision.contract import Identity, Recipe

LOOK = Recipe("look", "quarters")
MATCH = Recipe("match", "quarters")
COLOUR = Recipe("colour", "means")


class QuarterEmbedder:
    """Describe a picture by the mean colours of 4 x 4 cells (`look`, `match`) or of the whole (`colour`).

    Colours are relative to mid-grey. Vectors have length 1.
    """

    canvases = ((32, 32),)
    batch_size = 3
    identity = Identity("quarters", "f" * 64, True)
    recipes = {LOOK: 48, MATCH: 48, COLOUR: 3}

    def source_of(self, recipe: Recipe) -> Identity:
        return self.identity

    def describe(
        self, canvases: Sequence[NDArray[np.uint8]], recipes: Sequence[Recipe]
    ) -> dict[Recipe, NDArray[np.float32]]:
        pixels = np.stack(canvases).astype(np.float32) - 127.5
        cells = pixels.reshape(-1, 4, 8, 4, 8, 3).mean(axis=(2, 4)).reshape(len(canvases), -1)
        means = cells.reshape(len(canvases), 16, 3).mean(axis=1)
        rows = {LOOK: cells, MATCH: cells, COLOUR: means}
        return {recipe: rows[recipe] / np.linalg.norm(rows[recipe], axis=1, keepdims=True) for recipe in recipes}
