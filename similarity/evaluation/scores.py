"""Precision at 1, recall at 5 and mean average precision of ranked answers, each with an interval.

Definitions as in Manning, Raghavan & Schuetze, Introduction to Information Retrieval, 2008, section 8.4. Intervals are
percentile bootstraps over the queries (Efron & Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from similarity.evaluation.ground_truth import Query

RESAMPLES = 2_000
SEED = 20_190
CONFIDENCE = 0.95

Interval = tuple[float, float]


def score(queries: Sequence[Query], rankings: Sequence[Sequence[str]]) -> "Scores":
    """Rankings: for each query the database's files, best first; each holds at least one of its matches."""
    return summarise(measure_all(queries, rankings))


def measure_all(queries: Sequence[Query], rankings: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """(Q, 3): what each query scored."""
    each = [measure(query, ranking) for query, ranking in zip(queries, rankings, strict=True)]
    return np.array(each, dtype=np.float64).reshape(-1, 3)


def summarise(each: NDArray[np.float64]) -> "Scores":
    """(Q, 3) -> means with their intervals."""
    if not len(each):
        return Scores(0, 0.0, 0.0, 0.0)
    p_at_1, recall_at_5, mean_ap = each.mean(axis=0).tolist()
    return Scores(len(each), p_at_1, recall_at_5, mean_ap, *intervals(each))


def measure(query: Query, ranking: Sequence[str]) -> tuple[float, float, float]:
    """Of one query: whether the first answer is right, the share of its matches in the first five, and its AP."""
    relevance = [file in query.matches for file in ranking]
    return float(relevance[0]), sum(relevance[:5]) / sum(relevance), average_precision(relevance)


def average_precision(relevance: Sequence[bool]) -> float:
    """Of one ranking with at least one relevant answer: the mean of the precision at each relevant rank."""
    hits = np.cumsum(relevance)
    ranks = np.flatnonzero(relevance)
    return float(np.mean(hits[ranks] / (ranks + 1)))


def intervals(values: NDArray[np.float64]) -> list[Interval]:
    """(Q, M) values of Q queries in M measures -> the interval of each mean; the same at every call.

    Where all queries have one value the interval is that point: a bootstrap never sees what did not happen. With no
    mistake in Q queries, up to 3 / Q mistakes are still compatible with what was seen (the "rule of three").
    """
    count = len(values)
    drawn = np.random.default_rng(SEED).integers(0, count, (RESAMPLES, count), dtype=np.int32)
    tail = 50 * (1 - CONFIDENCE)
    means = np.stack([column[drawn].mean(axis=1) for column in values.T])  # (M, RESAMPLES)
    low, high = np.percentile(means, [tail, 100 - tail], axis=1)  # (M,) each
    return list(zip(low.tolist(), high.tolist(), strict=True))


@dataclass(frozen=True)
class Scores:
    """Means over the queries of one set, each 0..1, with 95 % intervals (low, high)."""

    queries: int
    p_at_1: float
    recall_at_5: float
    mean_ap: float
    p_at_1_interval: Interval = (0.0, 1.0)  # of no query, nothing is known
    recall_at_5_interval: Interval = (0.0, 1.0)
    mean_ap_interval: Interval = (0.0, 1.0)
