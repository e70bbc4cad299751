"""Several lenses at once: the nearest of each by its index, then all of them compared exactly in every lens.

In a blend a distance counts by how few random pairs of its lens are as near. These shares are multiplied, each to the
power of its lens's part, as tests of significance are combined: R. A. Fisher, Statistical Methods for Research Workers,
1932, section 21.1; with weights I. J. Good, On the Weighted Combination of Significance Tests, JRSS B 17, 1955.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from similarity.index import percentiles, store
from similarity.index.store import Neighbour
from similarity.models import Space

CANDIDATES = 100  # works fetched per lens, by all views together; what no lens has among them leads no blend either
UNSEEN = log(2)  # neg_log_p of the median pair: what a lens says of a picture that it has not seen

Compared = Sequence[tuple["Probe", list[Neighbour]]]


@dataclass(frozen=True)
class Probe:
    """What is searched by, seen through one lens: (V, D) float32, several views of one picture, and a share > 0."""

    space: Space
    vectors: NDArray[np.float32]
    weight: float = 1.0
    image_id: int | None = None  # None for a visitor's picture


@dataclass(frozen=True)
class Match:
    """A work's best picture, with its distance in each lens (by name) that has seen the picture."""

    image_id: int
    work_id: int
    distances: Mapping[str, float]
    neg_log_p: float | None = None  # over all lenses, see `ranked`; None where an index alone has decided


def nearest_works(probes: Sequence[Probe], k: int, among: Q) -> list[Match]:
    """At most k works, nearest first, each by its best picture.

    One probe: its index decides alone.
    """
    if len(probes) == 1:
        (probe,) = probes
        found = nearest_by_lens(probe, k, among)
        return [Match(n.image_id, n.work_id, {probe.space.lens: n.distance}) for n in found]
    candidates = {n.work_id for probe in probes for n in candidates_of(probe, k, among)}
    of_candidates = among & Q(image__artwork__in=candidates)
    return ranked([(probe, store.distances(probe.space, probe.vectors, of_candidates)) for probe in probes])[:k]


def candidates_of(probe: Probe, k: int, among: Q) -> list[Neighbour]:
    """CANDIDATES works however many views there are, unless more than that are wanted: each view costs a query."""
    of_each = max(CANDIDATES // len(probe.vectors), k)
    return nearest_by_lens(probe, of_each, among)


def nearest_by_lens(probe: Probe, k: int, among: Q) -> list[Neighbour]:
    """At most k works, each by the picture that is nearest to any of the views."""
    found = (n for vector in probe.vectors for n in store.nearest_works(probe.space, vector, k, among))
    return best_per_work(sorted(found, key=lambda n: n.distance))[:k]


def best_per_work(found: Iterable[Neighbour]) -> list[Neighbour]:
    """Of each work the first."""
    best: dict[int, Neighbour] = {}
    for neighbour in found:
        best.setdefault(neighbour.work_id, neighbour)
    return list(best.values())


def ranked(compared: Compared) -> list[Match]:
    """Works by the mean of their neg_log_ps in all lenses, weighted by their shares, greatest first.

    It is taken per picture, so that a work is not praised for the look of one view and the colours of another. A
    picture that one lens has not seen counts there as the median: neither near nor far. What is searched by may be
    nearest by another of its views in each lens.
    """
    whole = sum(probe.weight for probe, _ in compared)
    distances: dict[int, dict[str, float]] = {}
    works: dict[int, int] = {}
    scores: dict[int, float] = {}
    for probe, found in compared:
        for neighbour, neg_log_p in zip(found, neg_log_ps(probe, found), strict=True):
            pk = neighbour.image_id
            works[pk] = neighbour.work_id
            distances.setdefault(pk, {})[probe.space.lens] = neighbour.distance
            scores[pk] = scores.get(pk, UNSEEN) + (neg_log_p - UNSEEN) * probe.weight / whole
    best: dict[int, Match] = {}
    for pk in sorted(scores, key=lambda pk: (-scores[pk], pk)):
        best.setdefault(works[pk], Match(pk, works[pk], distances[pk], scores[pk]))
    return list(best.values())


def neg_log_ps(probe: Probe, found: Sequence[Neighbour]) -> list[float]:
    """Of each, by the space's reference quantiles; of the distances found while there are none."""
    distances = np.array([n.distance for n in found], np.float64)
    if not len(distances):
        return []
    quantiles = probe.space.quantiles or percentiles.around(distances)
    return percentiles.neg_log_p(distances, quantiles, len(probe.vectors)).tolist()
