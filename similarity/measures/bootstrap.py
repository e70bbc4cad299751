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


def around(measured: NDArray[np.float64], found: NDArray[np.float64]) -> list[Interval]:
    """(M,) shares as they were measured, and (RESAMPLES, M) what each draw gave -> the interval of each, its measure in
    the middle but for the ends of 0..1: as wide as 95 % of the draws are near (Hall, On symmetric bootstrap confidence
    intervals, Journal of the Royal Statistical Society B 50, 1988). For what draws tend to flatter or to belittle.
    """
    reach = np.percentile(np.abs(found - measured), 100 * CONFIDENCE, axis=0)
    low, high = np.clip([measured - reach, measured + reach], 0, 1)
    return list(zip(low.tolist(), high.tolist(), strict=True))
