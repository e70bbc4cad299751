"""Several lenses at once: the nearest of each by its index, then all of them compared exactly in every lens."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from similarity import index, percentiles
from similarity.index import Neighbour
from similarity.models import Space

CANDIDATES = 100  # works fetched per lens, by all views together; what no lens has among them leads no blend either
LEAST_WIDTH = 1e-6  # of the background; where all pictures are alike, nothing is divided by nothing
QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Probe:
    """What is searched by, seen through one lens: (V, D) float32, several views of one picture, and a share > 0."""

    space: Space
    vectors: NDArray[np.float32]
    weight: float = 1.0
    is_strange: bool = True  # to the space's projection, as a visitor's picture is


@dataclass(frozen=True)
class Match:
    """A work's best picture, with its distance in each lens (by name) that has seen the picture."""

    image_id: int
    work_id: int
    distances: Mapping[str, float]


def nearest_works(probes: Sequence[Probe], k: int, among: Q) -> list[Match]:
    """At most k works, nearest first, each by its best picture. One probe: its index decides alone."""
    if len(probes) == 1:
        (probe,) = probes
        found = nearest_by_lens(probe, k, among)
        return [Match(n.image_id, n.work_id, {probe.space.lens: n.distance}) for n in found]
    candidates = {n.work_id for probe in probes for n in candidates_of(probe, k, among)}
    of_candidates = among & Q(image__artwork__in=candidates)
    compared = [(probe, index.distances(probe.space, probe.vectors, of_candidates)) for probe in probes]
    return ranked(compared)[:k]


def candidates_of(probe: Probe, k: int, among: Q) -> list[Neighbour]:
    """CANDIDATES works however many views there are, unless more than that are wanted: each view costs a query."""
    of_each = max(CANDIDATES // len(probe.vectors), k)
    return nearest_by_lens(probe, of_each, among)


def nearest_by_lens(probe: Probe, k: int, among: Q) -> list[Neighbour]:
    """At most k works, each by the picture that is nearest to any of the views."""
    found = (n for vector in probe.vectors for n in index.nearest_works(probe.space, vector, k, among))
    return best_per_work(sorted(found, key=lambda n: n.distance))[:k]


def best_per_work(found: Iterable[Neighbour]) -> list[Neighbour]:
    """Of each work the first."""
    best: dict[int, Neighbour] = {}
    for neighbour in found:
        best.setdefault(neighbour.work_id, neighbour)
    return list(best.values())


def ranked(compared: Sequence[tuple[Probe, list[Neighbour]]]) -> list[Match]:
    """Works by the weighted sum of their standardised distances, least first.

    It is summed per picture, so that a work is not praised for the look of one view and the colours of another. A
    picture that one lens has not seen counts there as the median, 0: neither near nor far. What is searched by may be
    nearest by another of its views in each lens.
    """
    scores: dict[int, float] = {}
    matches: dict[int, Match] = {}
    for probe, found in compared:
        for neighbour, standing in zip(found, standardised(probe.space, found), strict=True):
            known = matches.get(neighbour.image_id)
            distances = {**(known.distances if known else {}), probe.space.lens: neighbour.distance}
            matches[neighbour.image_id] = Match(neighbour.image_id, neighbour.work_id, distances)
            scores[neighbour.image_id] = scores.get(neighbour.image_id, 0.0) + probe.weight * standing
    best: dict[int, Match] = {}
    for image_id in sorted(scores, key=lambda pk: (scores[pk], pk)):
        best.setdefault(matches[image_id].work_id, matches[image_id])
    return list(best.values())


def standardised(space: Space, found: Sequence[Neighbour]) -> list[float]:
    """(distance - median) / (q75 - q25) of the space's random pairs.

    Lenses measure on scales of their own: random pairs lie around 1 in a whitened space and closer in one of colours,
    so that plain sums would follow the widest lens whatever the weights. Quartiles, since a few copies must not move
    the scale; no percentiles, since among near neighbours all of them are 99.9. While the space was not calibrated
    it holds few pictures, and those found are the background.
    """
    distances = np.array([n.distance for n in found], np.float64)
    if not len(distances):
        return []
    if space.quantiles:
        low, middle, high = (space.quantiles[round(part * percentiles.STEPS)] for part in QUARTERS)
    else:
        low, middle, high = np.quantile(distances, QUARTERS)
    return ((distances - middle) / max(high - low, LEAST_WIDTH)).tolist()
