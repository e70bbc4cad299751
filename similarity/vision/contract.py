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
    """What is taken from one forward pass: a lens, and how its maps become one raw vector."""

    lens: str
    pooling: str


class Embedder(Protocol):
    """Turns decoded pictures into raw vectors, for several lenses in one forward pass."""

    @property
    def identity(self) -> Identity: ...
    @property
    def side_px(self) -> int: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def recipes(self) -> Mapping[Recipe, int]:
        """What it offers, with the dimensions of the raw vector; the first of a lens is that lens's default."""
        ...

    def describe(
        self, squares: Sequence[NDArray[np.uint8]], recipes: Sequence[Recipe]
    ) -> dict[Recipe, NDArray[np.float32]]:
        """N arrays (side_px, side_px, 3) -> for each recipe (N, raw dimensions), rows of length 1. A picture's
        vectors are the same alone and in a batch. Raises KeyError for a recipe that is not offered."""
        ...
