"""What the site itself would suggest of altered copies: candidates by descriptor and by hash, weighed by evidence."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from similarity.duplicates import detection
from similarity.evaluation.altering import Comparison, Originals
from similarity.index import percentiles
from similarity.models import Verdict
from similarity.vision.contract import Recipe
from similarity.vision.copies import evidence, fingerprint, placement
from similarity.vision.copies.fingerprint import Fingerprint


def replay(originals: Originals, comparison: Comparison, recipe: Recipe) -> "ReplayResult":
    """Candidates are the nearest by this recipe and by hash, as many as the site takes."""
    scores = comparison.against_database(recipe)  # (T, N, N)
    near = percentiles.measure(originals.stored[recipe], "cosine")[detection.VERY_NEAR_PER_MILLE]
    words = [
        [(own, weigh(originals, copies[place], rows[own], near)) for own, copies in enumerate(comparison.prints)]
        for place, rows in enumerate(scores)
    ]
    by_alteration = {name: count(one) for name, one in zip(comparison.names, words, strict=True)}
    return ReplayResult(count([pair for one in words for pair in one]), by_alteration)


def weigh(originals: Originals, one: Fingerprint, scores: NDArray[np.float32], near: float) -> dict[int, Verdict]:
    """(N,) scores of one copy -> what is suggested of it and which originals."""
    distances = dict.fromkeys(near_by_hash(originals, one), math.inf)
    distances |= {int(i): float(1 - scores[i]) for i in np.argsort(-scores, kind="stable")[: detection.CANDIDATES]}
    candidates = [originals.prints[place] for place in distances]
    found = placement.compare(one, candidates, list(distances.values()), near)
    said = {place: detection.suggest(seen, is_identical=False) for place, seen in zip(distances, found, strict=True)}
    return {place: verdict for place, verdict in said.items() if verdict}


def near_by_hash(originals: Originals, one: Fingerprint) -> set[int]:
    if one.is_flat:
        return set()
    bits = sorted((fingerprint.hamming(one.phash, b.phash), i) for i, b in enumerate(originals.prints) if not b.is_flat)
    return {place for distance, place in bits[: detection.CANDIDATES] if distance <= evidence.NEAR_HASH_BITS}


def count(words: list[tuple[int, dict[int, Verdict]]]) -> "Suggested":
    """Of copies, each with its own original and what was suggested of it and which originals."""
    total = max(len(words), 1)
    right = [found.get(own) for own, found in words]
    wrong = [verdict for own, found in words for place, verdict in found.items() if place != own]
    return Suggested(
        duplicate=right.count(Verdict.DUPLICATE) / total,
        any=sum(verdict is not None for verdict in right) / total,
        false_duplicates=wrong.count(Verdict.DUPLICATE),
        false_similar=wrong.count(Verdict.SIMILAR),
    )


@dataclass(frozen=True)
class Suggested:
    """Shares 0..1 of copies for which the pair with their original is suggested, as "duplicate" or as anything; and
    the number of pairs with other originals that are."""

    duplicate: float
    any: float
    false_duplicates: int
    false_similar: int


@dataclass(frozen=True)
class ReplayResult:
    overall: Suggested
    alterations: dict[str, Suggested]
