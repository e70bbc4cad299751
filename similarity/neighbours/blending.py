"""Rank works by several lenses: candidates from the index of each lens, then an exact comparison in all lenses.

A distance counts by the share of random pairs of its lens that are as near. The shares are multiplied, each to the
power of its lens's weight, as p-values are combined: R. A. Fisher, Statistical Methods for Research Workers, 1932,
section 21.1; with weights I. J. Good, On the Weighted Combination of Significance Tests, JRSS B 17, 1955.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from similarity.index import percentiles, query_filters, store
from similarity.index.query_filters import Filter
from similarity.index.store import Neighbour
from similarity.models import Space

CANDIDATES = 100  # works fetched per lens, by all views together
MISSING = log(2)  # neg_log_p of the median pair, for a picture without a vector in a lens

Compared = Sequence[tuple["Query", list[Neighbour]]]


@dataclass(frozen=True)
class Query:
    """One lens of a search by one picture: (V, D) float32 vectors of the picture's V views, and a weight > 0."""

    space: Space
    vectors: NDArray[np.float32]
    weight: float = 1.0
    image_id: int | None = None  # None for a visitor's picture


@dataclass(frozen=True)
class Match:
    """A work's best picture, with its distance by lens, for each lens that has a vector of it."""

    image_id: int
    work_id: int
    distances: Mapping[str, float]
    neg_log_p: float | None = None  # over all lenses, see `ranked`; None where one index decided alone


def nearest_works(queries: Sequence[Query], k: int, among: Filter) -> list[Match]:
    """Return at most k works, nearest first, each by its best picture. With one lens, this is its index's order."""
    if len(queries) == 1:
        (query,) = queries
        found = nearest_by_lens(query, k, among)
        return [Match(n.image_id, n.work_id, {query.space.lens: n.distance}) for n in found]
    candidates = {n.work_id for query in queries for n in candidates_of(query, k, among)}
    of_candidates = among & query_filters.of_works(candidates)
    return ranked([(query, store.distances(query.space, query.vectors, of_candidates)) for query in queries])[:k]


def candidates_of(query: Query, k: int, among: Filter) -> list[Neighbour]:
    """Return at least CANDIDATES works in all. Each view costs a query, so many views fetch fewer works each."""
    of_each = max(CANDIDATES // len(query.vectors), k)
    return nearest_by_lens(query, of_each, among)


def nearest_by_lens(query: Query, k: int, among: Filter) -> list[Neighbour]:
    """Return at most k works, each by the picture that is nearest to any of the views."""
    found = (n for vector in query.vectors for n in store.nearest_works(query.space, vector, k, among))
    return best_per_work(sorted(found, key=lambda n: n.distance))[:k]


def best_per_work(found: Iterable[Neighbour]) -> list[Neighbour]:
    """Return the first neighbour of each work."""
    best: dict[int, Neighbour] = {}
    for neighbour in found:
        best.setdefault(neighbour.work_id, neighbour)
    return list(best.values())


def ranked(compared: Compared) -> list[Match]:
    """Return works by the weighted mean of their neg_log_p over all lenses, greatest first.

    The mean is taken for each picture, so that the look of one view and the colours of another do not add up. A picture
    without a vector in a lens counts there as a median pair. The query may be nearest by another view in each lens.
    """
    whole = sum(query.weight for query, _ in compared)
    distances: dict[int, dict[str, float]] = {}
    works: dict[int, int] = {}
    scores: dict[int, float] = {}
    for query, found in compared:
        for neighbour, neg_log_p in zip(found, neg_log_ps(query, found), strict=True):
            pk = neighbour.image_id
            works[pk] = neighbour.work_id
            distances.setdefault(pk, {})[query.space.lens] = neighbour.distance
            scores[pk] = scores.get(pk, MISSING) + (neg_log_p - MISSING) * query.weight / whole
    best: dict[int, Match] = {}
    for pk in sorted(scores, key=lambda pk: (-scores[pk], pk)):
        best.setdefault(works[pk], Match(pk, works[pk], distances[pk], scores[pk]))
    return list(best.values())


def neg_log_ps(query: Query, found: Sequence[Neighbour]) -> list[float]:
    """Return the neg_log_p of each, by the space's quantiles, or by those of the found distances if it has none."""
    distances = np.array([n.distance for n in found], np.float64)
    if not len(distances):
        return []
    quantiles = query.space.quantiles or percentiles.quantiles_around(distances)
    return percentiles.neg_log_p(distances, quantiles, len(query.vectors)).tolist()
