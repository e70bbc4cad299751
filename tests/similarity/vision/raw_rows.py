"""Random raw vectors with a fixed seed, similar to those of networks."""

import numpy as np
from numpy.typing import NDArray


def rows(count: int, dimensions: int, rank: int = 10_000, seed: int = 1) -> NDArray[np.float32]:
    """(N, R) rows of length 1, positive and alike, with a few strong directions."""
    rng = np.random.default_rng(seed)
    rank = min(rank, count, dimensions)
    weights = rng.standard_normal((count, rank)) / np.arange(1, rank + 1)
    raw = 3 + weights @ rng.standard_normal((rank, dimensions))
    return (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)
