"""The protocol of an embedder. Imports no torch, so that the web process can import it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Identity:
    """Which network computes the vectors. Two embedders with equal identities give equal vectors."""

    backbone: str
    weights_digest: str
    is_trained: bool


@dataclass(frozen=True)
class Recipe:
    """What is computed in one forward pass: the lens, and the pooling that turns feature maps into one raw vector."""

    lens: str
    pooling: str

    def lengths(self, dimensions: int) -> list[int]:
        """Return the lengths of the blocks of a raw vector: two for "mean-512-1280", one for any other pooling."""
        kind, *numbers = self.pooling.split("-")
        return [int(number) for number in numbers] if kind == "mean" and numbers else [dimensions]


Canvas = tuple[int, int]  # width and height in pixels


class Embedder(Protocol):
    """Computes raw vectors of decoded pictures, for several lenses in one forward pass."""

    @property
    def identity(self) -> Identity: ...
    @property
    def canvases(self) -> Sequence[Canvas]:
        """Return the allowed picture sizes. A picture is squashed onto the canvas whose shape is nearest to its own."""
        ...

    @property
    def batch_size(self) -> int: ...
    @property
    def recipes(self) -> Mapping[Recipe, int]:
        """Return the supported recipes and the dimensions of their raw vectors. The first of a lens is its default."""
        ...

    def source_of(self, recipe: Recipe) -> Identity:
        """Return the identity of the network behind a recipe, or the joint identity of several."""
        ...

    def describe(
        self, pictures: Sequence[NDArray[np.uint8]], recipes: Sequence[Recipe]
    ) -> dict[Recipe, NDArray[np.float32]]:
        """Return the raw vectors of N pictures (H, W, 3) uint8 sRGB as (N, raw dimensions) float32 for each recipe.

        Every picture has the shape of one of the canvases. Rows have length 1. A picture has the same vectors alone
        and in a batch. Raise KeyError for a recipe that is not supported.
        """
        ...
