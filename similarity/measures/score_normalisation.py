"""Score normalisation: what any picture resembles is less of a sign than what only few resemble.

From the baselines of Douze et al., The 2021 Image Similarity Dataset and Challenge, section 6: a query's likeness to
pictures that are surely no copies of it is taken off its likeness to the others.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NEAREST = 10  # background pictures that are looked at
WEIGHT = 1.0


def normalised(scores: Floats, to_background: Floats, *, weight: float = WEIGHT, nearest: int = NEAREST) -> Floats:
    """(Q, N) scores and (Q, B) scores against the background -> (Q, N): s - weight * mean of the top background."""
    count = min(nearest, to_background.shape[1])
    if not count:
        return scores
    top = np.partition(to_background, -count, axis=1)[:, -count:]
    return np.asarray(scores - weight * top.mean(axis=1, keepdims=True), dtype=np.float32)
