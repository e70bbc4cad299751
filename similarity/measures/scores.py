"""Precision at 1, recall at 5 and mean average precision of rankings, each with a 95 % interval.

Definitions as in Manning, Raghavan & Schuetze, Introduction to Information Retrieval, 2008, section 8.4. The
interval of precision at 1 is Wilson's for the number of works. The others are bootstraps over works (`bootstrap`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from similarity.measures import bootstrap, ground_truth
from similarity.measures.bootstrap import UNKNOWN, Interval
from similarity.measures.ground_truth import Query

Values = NDArray[np.float64]


def score(queries: Sequence[Query], rankings: Sequence[Sequence[str]]) -> "Scores":
    """Score rankings. Each lists the database's files, the best first; at least one of them matches the query."""
    return summarise(measure_all(queries, rankings), ground_truth.works(queries))


def measure_all(queries: Sequence[Query], rankings: Sequence[Sequence[str]]) -> Values:
    """Return (Q, 3) float64: precision at 1, recall at 5 and average precision of each query."""
    each = [measure(query, ranking) for query, ranking in zip(queries, rankings, strict=True)]
    return np.array(each, dtype=np.float64).reshape(-1, 3)


def summarise(each: Values, works: Sequence[int]) -> "Scores":
    """Return means and intervals of (Q, 3) scores. `works`: (Q,) the number of the work that each query shows."""
    if not len(each):
        return Scores(0, 0, 0.0, 0.0, 0.0)
    p_at_1, recall_at_5, mean_ap = each.mean(axis=0).tolist()
    count = len(set(works))
    others = intervals(each[:, 1:], works)
    return Scores(len(each), count, p_at_1, recall_at_5, mean_ap, wilson(p_at_1, count), *others)


def measure(query: Query, ranking: Sequence[str]) -> tuple[float, float, float]:
    """Return whether the first answer is right, the share of matches in the first five, and the average precision."""
    relevant = [file in query.matches for file in ranking]
    return float(relevant[0]), sum(relevant[:5]) / sum(relevant), average_precision(relevant)


def average_precision(relevant: Sequence[bool]) -> float:
    """Return the average precision of one ranking, best first, with at least one relevant answer."""
    from sklearn.metrics import average_precision_score  # only workers have scikit-learn

    return float(average_precision_score(relevant, -np.arange(len(relevant))))


def wilson(share: float, count: int) -> Interval:
    """Return the 95 % interval of a share of independent works (Wilson, JASA 22, 1927); (0, 1) for fewer than two."""
    if count < 2:
        return UNKNOWN
    z = NormalDist().inv_cdf((1 + bootstrap.CONFIDENCE) / 2)
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    reach = z * sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / (1 + z**2 / count)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def intervals(values: Values, works: Sequence[int]) -> list[Interval]:
    """Return the interval of each mean of (Q, M) values. `works`: (Q,) the number of the work that each query shows.

    If all queries have the same value, the interval has zero width: a bootstrap only repeats what was observed. For
    fewer than two works the interval is (0, 1).
    """
    _, place, sizes = np.unique(works, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        return [bootstrap.UNKNOWN] * values.shape[1]
    sums = np.zeros((len(sizes), values.shape[1]))  # of the queries of each work
    np.add.at(sums, place, values)
    counts = bootstrap.resample(len(sizes))
    return bootstrap.percentile_intervals(counts @ sums / (counts @ sizes)[:, None])


@dataclass(frozen=True)
class Scores:
    """Means over the queries of one set, each 0..1, with 95 % intervals (low, high)."""

    queries: int
    works: int  # distinct works that the queries show
    p_at_1: float
    recall_at_5: float
    mean_ap: float
    p_at_1_interval: Interval = UNKNOWN
    recall_at_5_interval: Interval = UNKNOWN
    mean_ap_interval: Interval = UNKNOWN
