"""Few numbers that stand for long vectors, so that a test can compare them with those of an earlier release."""

import numpy as np
from numpy.typing import NDArray

PROBES = 3


def pictures() -> list[NDArray[np.uint8]]:
    """Return two pictures of noise, (320, 320, 3) and (452, 226, 3)."""
    rng = np.random.default_rng(3)
    return [rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for width, height in ((320, 320), (226, 452))]


def probed(vectors: NDArray[np.float32]) -> list[list[float]]:
    """Return the products of (N, D) vectors with 3 cosine waves, as N lists of 3 numbers."""
    waves = np.cos(np.outer(np.arange(1, PROBES + 1), np.arange(vectors.shape[1])))
    return [[round(float(number), 6) for number in row] for row in vectors @ waves.T]
