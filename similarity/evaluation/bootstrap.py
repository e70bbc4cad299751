"""How else a measure might have come out, had other works of the same kind been at hand: a bootstrap over works.

Pictures of one work are found or missed together, so that they tell less than as many pictures of different works. So
works are drawn with replacement, each with all that shows it (the cluster bootstrap: Field & Welsh, Bootstrapping
clustered data, Journal of the Royal Statistical Society B 69, 2007). Intervals are percentiles of what such draws give
(Efron & Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3).
"""

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1_000
SEED = 20_190
CONFIDENCE = 0.95
UNKNOWN = (0.0, 1.0)  # of nothing, nothing is known

Interval = tuple[float, float]
Counts = NDArray[np.int64]


def draw(works: int) -> Counts:
    """(RESAMPLES, works): how often each work is in each draw of so many; the same at every call."""
    return np.random.default_rng(SEED).multinomial(works, np.full(works, 1 / works), RESAMPLES)


def intervals(found: NDArray[np.float64]) -> list[Interval]:
    """(RESAMPLES, M): what each draw gave for M measures -> the interval of each."""
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(found, [tail, 100 - tail], axis=0)  # (M,) each
    return list(zip(low.tolist(), high.tolist(), strict=True))
