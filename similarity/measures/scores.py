"""Precision at 1, recall at 5 and mean average precision of ranked answers, each with an interval.

Definitions as in Manning, Raghavan & Schuetze, Introduction to Information Retrieval, 2008, section 8.4. Intervals are
bootstraps over the works that the queries show, as `bootstrap` has them: a work photographed twice is drawn with both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from similarity.measures import bootstrap, ground_truth
from similarity.measures.bootstrap import UNKNOWN, Interval
from similarity.measures.ground_truth import Query

Values = NDArray[np.float64]


def score(queries: Sequence[Query], rankings: Sequence[Sequence[str]]) -> "Scores":
    """Rankings: for each query the database's files, best first; each holds at least one of its matches."""
    return summarise(measure_all(queries, rankings), ground_truth.works(queries))


def measure_all(queries: Sequence[Query], rankings: Sequence[Sequence[str]]) -> Values:
    """(Q, 3): what each query scored."""
    each = [measure(query, ranking) for query, ranking in zip(queries, rankings, strict=True)]
    return np.array(each, dtype=np.float64).reshape(-1, 3)


def summarise(each: Values, works: Sequence[int]) -> "Scores":
    """(Q, 3), and which work each query shows -> means with their intervals."""
    if not len(each):
        return Scores(0, 0, 0.0, 0.0, 0.0)
    p_at_1, recall_at_5, mean_ap = each.mean(axis=0).tolist()
    return Scores(len(each), len(set(works)), p_at_1, recall_at_5, mean_ap, *intervals(each, works))


def measure(query: Query, ranking: Sequence[str]) -> tuple[float, float, float]:
    """Of one query: whether the first answer is right, the share of its matches in the first five, and its AP."""
    relevance = [file in query.matches for file in ranking]
    return float(relevance[0]), sum(relevance[:5]) / sum(relevance), average_precision(relevance)


def average_precision(relevance: Sequence[bool]) -> float:
    """Of one ranking with at least one relevant answer: the mean of the precision at each relevant rank."""
    hits = np.cumsum(relevance)
    ranks = np.flatnonzero(relevance)
    return float(np.mean(hits[ranks] / (ranks + 1)))


def intervals(values: Values, works: Sequence[int]) -> list[Interval]:
    """(Q, M) values of Q queries in M measures, and which work each query shows -> the interval of each mean.

    Where all queries have one value the interval is that point: a bootstrap never sees what did not happen. With no
    mistake in Q queries, up to 3 / Q mistakes are still compatible with what was seen (the "rule of three"). One work
    tells nothing of others.
    """
    _, place, sizes = np.unique(works, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        return [bootstrap.UNKNOWN] * values.shape[1]
    sums = np.zeros((len(sizes), values.shape[1]))  # of the queries of each work
    np.add.at(sums, place, values)
    drawn = bootstrap.draw(len(sizes))
    return bootstrap.intervals(drawn @ sums / (drawn @ sizes)[:, None])


@dataclass(frozen=True)
class Scores:
    """Means over the queries of one set, each 0..1, with 95 % intervals (low, high)."""

    queries: int
    works: int  # that can be told apart by what the queries show
    p_at_1: float
    recall_at_5: float
    mean_ap: float
    p_at_1_interval: Interval = UNKNOWN
    recall_at_5_interval: Interval = UNKNOWN
    mean_ap_interval: Interval = UNKNOWN
