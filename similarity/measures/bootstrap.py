"""95 % confidence intervals by a cluster bootstrap over works.

Pictures of one work are not independent: a network finds most of them or misses most of them. Therefore works are
sampled with replacement, each with all its pictures (the cluster bootstrap: Field & Welsh, Bootstrapping clustered
data, Journal of the Royal Statistical Society B 69, 2007). An interval consists of percentiles of the resampled measure
(Efron & Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3).
"""

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1_000
SEED = 20_190
CONFIDENCE = 0.95
UNKNOWN = (0.0, 1.0)  # the interval where there are too few works for a bootstrap

Interval = tuple[float, float]
Counts = NDArray[np.int64]


def resample(works: int) -> Counts:
    """Return (RESAMPLES, works) counts: how often each work is in each resample. Every call returns the same."""
    return np.random.default_rng(SEED).multinomial(works, np.full(works, 1 / works), RESAMPLES)


def percentile_intervals(resampled: NDArray[np.float64]) -> list[Interval]:
    """Return the percentile interval of each of M measures from their (RESAMPLES, M) resampled values."""
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(resampled, [tail, 100 - tail], axis=0)  # (M,) each
    return list(zip(low.tolist(), high.tolist(), strict=True))


def symmetric_intervals(measured: NDArray[np.float64], resampled: NDArray[np.float64]) -> list[Interval]:
    """Return an interval around each of (M,) measured shares from (RESAMPLES, M) resampled ones, cut off at 0 and 1.

    95 % of the resampled shares lie within it (Hall, On symmetric bootstrap confidence intervals, Journal of the Royal
    Statistical Society B 50, 1988). Use it for measures whose resampled values are biased.
    """
    reach = np.percentile(np.abs(resampled - measured), 100 * CONFIDENCE, axis=0)
    low, high = np.clip([measured - reach, measured + reach], 0, 1)
    return list(zip(low.tolist(), high.tolist(), strict=True))
