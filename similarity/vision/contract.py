"""What an embedder is to the rest of Kindred. Apart from the networks, so that the web can read it without torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Identity:
    """What computes: two embedders with one identity describe a picture alike."""

    backbone: str
    weights_digest: str
    is_trained: bool


@dataclass(frozen=True)
class Recipe:
    """What is taken from one forward pass: a lens, and how feature maps become one raw vector."""

    lens: str
    pooling: str

    def lengths(self, dimensions: int) -> list[int]:
        """Return the lengths of the blocks that a raw vector consists of: "mean-512-1280" has two, others have one."""
        kind, *numbers = self.pooling.split("-")
        return [int(number) for number in numbers] if kind == "mean" and numbers else [dimensions]


Canvas = tuple[int, int]  # width and height in pixels


class Embedder(Protocol):
    """Turns decoded pictures into raw vectors, for several lenses in one forward pass."""

    @property
    def identity(self) -> Identity: ...
    @property
    def canvases(self) -> Sequence[Canvas]:
        """The shapes that pictures may have; each picture takes the one nearest to its own."""
        ...

    @property
    def batch_size(self) -> int: ...
    @property
    def recipes(self) -> Mapping[Recipe, int]:
        """The recipes on offer, with the dimensions of the raw vector; the first of a lens is that lens's default."""
        ...

    def source_of(self, recipe: Recipe) -> Identity:
        """Return the network that a recipe rests on; the identity of all if it rests on several."""
        ...

    def describe(
        self, pictures: Sequence[NDArray[np.uint8]], recipes: Sequence[Recipe]
    ) -> dict[Recipe, NDArray[np.float32]]:
        """N arrays (H, W, 3) sRGB, each on one of the canvases -> for each recipe (N, raw dimensions).

        Rows have length 1. A picture's vectors are the same alone and in a batch. Raise KeyError for a
        recipe that is not offered.
        """
        ...
