"""Replay the review queue on altered copies: find candidates by descriptor and hash, and suggest duplicates."""

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
    """Count the suggestions for all copies. As on the site, candidates are the nearest by this recipe and by hash."""
    scores = comparison.against_database(recipe)  # (T, N, N)
    near = percentiles.measure(originals.stored[recipe], "cosine")[detection.VERY_NEAR_PER_MILLE]
    suggestions = [
        [(own, suggest(originals, copies[t], rows[own], near)) for own, copies in enumerate(comparison.fingerprints)]
        for t, rows in enumerate(scores)
    ]
    by_alteration = {name: count(one) for name, one in zip(comparison.names, suggestions, strict=True)}
    return ReplayResult(count([pair for one in suggestions for pair in one]), by_alteration)


def suggest(originals: Originals, one: Fingerprint, scores: NDArray[np.float32], near: float) -> dict[int, Verdict]:
    """Return the suggested verdict on a copy and each original, by index, from its (N,) cosines with the originals."""
    distances = dict.fromkeys(near_by_hash(originals, one), math.inf)
    distances |= {int(i): float(1 - scores[i]) for i in np.argsort(-scores, kind="stable")[: detection.CANDIDATES]}
    candidates = [originals.fingerprints[index] for index in distances]
    found = placement.compare(one, candidates, list(distances.values()), near)
    verdicts = {i: detection.suggest(seen, is_identical=False) for i, seen in zip(distances, found, strict=True)}
    return {index: verdict for index, verdict in verdicts.items() if verdict}


def near_by_hash(originals: Originals, one: Fingerprint) -> set[int]:
    """Return the indices of the originals whose perceptual hash is near that of a copy."""
    if one.is_flat:
        return set()
    bits = sorted(
        (fingerprint.hamming(one.phash, other.phash), index)
        for index, other in enumerate(originals.fingerprints)
        if not other.is_flat
    )
    return {index for distance, index in bits[: detection.CANDIDATES] if distance <= evidence.NEAR_HASH_BITS}


def count(suggestions: list[tuple[int, dict[int, Verdict]]]) -> "Suggested":
    """Count suggestions. Each copy has the index of its own original, and verdicts by index of the original."""
    total = max(len(suggestions), 1)
    right = [verdicts.get(own) for own, verdicts in suggestions]
    wrong = [verdict for own, verdicts in suggestions for index, verdict in verdicts.items() if index != own]
    return Suggested(
        duplicate=right.count(Verdict.DUPLICATE) / total,
        any=sum(verdict is not None for verdict in right) / total,
        false_duplicates=wrong.count(Verdict.DUPLICATE),
        false_similar=wrong.count(Verdict.SIMILAR),
    )


@dataclass(frozen=True)
class Suggested:
    """Suggestions for copies and their own originals (shares 0..1), and for copies and other originals (numbers)."""

    duplicate: float  # share of copies that are suggested as duplicates of their originals
    any: float  # share of copies that are suggested with their originals, as duplicates or as similar
    false_duplicates: int
    false_similar: int


@dataclass(frozen=True)
class ReplayResult:
    overall: Suggested
    alterations: dict[str, Suggested]
