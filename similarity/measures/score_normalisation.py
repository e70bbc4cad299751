"""Score normalisation: lower the scores of queries that resemble many pictures.

A background set holds pictures that are certainly not copies of a query. A query's similarity to its nearest background
pictures is subtracted from all its scores. From the baselines of Douze et al., The 2021 Image Similarity Dataset and
Challenge, section 6.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NEAREST = 10  # background pictures whose scores are averaged
WEIGHT = 1.0


def normalise(scores: Floats, to_background: Floats, *, weight: float = WEIGHT, nearest: int = NEAREST) -> Floats:
    """Subtract from each of (Q, N) scores `weight` times the mean of the query's `nearest` highest background scores.

    `to_background`: (Q, B) scores of the queries against the background set. Return (Q, N) float32.
    """
    count = min(nearest, to_background.shape[1])
    if not count:
        return scores
    top = np.partition(to_background, -count, axis=1)[:, -count:]
    return np.asarray(scores - weight * top.mean(axis=1, keepdims=True), dtype=np.float32)
