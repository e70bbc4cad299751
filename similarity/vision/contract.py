"""What an embedder is to the rest of Kindred. Apart from the networks, so that the web can read it without torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Identity:
    """What makes vectors comparable: two embedders with one identity give the same vectors."""

    lens: str
    backbone: str
    weights_digest: str
    is_trained: bool
    pooling: str
    dimensions: int


class Embedder(Protocol):
    """Turns decoded pictures into vectors of one space."""

    @property
    def identity(self) -> Identity: ...
    @property
    def side_px(self) -> int: ...
    @property
    def batch_size(self) -> int: ...

    def embed(self, squares: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """N arrays (side_px, side_px, 3) -> (N, dimensions), rows of length 1. A picture's vector is the same
        alone and in a batch."""
        ...
