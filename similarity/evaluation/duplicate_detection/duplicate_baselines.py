"""Single signals beside Kindred's detection of duplicates: cosines and perceptual hashes, each with one threshold.

The threshold of a signal is the least strict at which at most one in a thousand clean uploads gets a pair.
"""

import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from similarity.vision.copies.fingerprint import Fingerprint

Floats = NDArray[np.float32]
Hashes = NDArray[np.uint8]

FALSE_UPLOADS = 1 / 1000


@dataclass(frozen=True)
class Signal:
    """A signal and its threshold. Greater scores are more alike."""

    name: str
    threshold: float

    def recall(self, own: Floats) -> float:
        """Return the share of copies whose score with their original, (M,), is above the threshold."""
        return float((own > self.threshold).mean()) if len(own) else 0.0


def cosines(queries: Floats, stored: Floats) -> Floats:
    """Return the (M, N) cosines of (M, D) and (N, D)."""
    lengths = [np.linalg.norm(each, axis=1, keepdims=True) + 1e-12 for each in (queries, stored)]
    return np.asarray((queries / lengths[0]) @ (stored / lengths[1]).T, np.float32)


def agreements(queries: Hashes, stored: Hashes) -> Floats:
    """Return the (M, N) negated Hamming distances of packed hashes (M, B) and (N, B) uint8."""
    apart = np.bitwise_count(queries[:, None] ^ stored[None]).sum(axis=2, dtype=np.int32)
    return -apart.astype(np.float32)


def packed(prints: Sequence[Fingerprint]) -> Hashes:
    """Return the perceptual hashes as (N, 8) uint8."""
    return np.array([list(one.phash.to_bytes(8, "big")) for one in prints], np.uint8)


def pdq_of(pictures: Iterable[Image.Image]) -> Hashes | None:
    """Return the PDQ hashes (N, 32) uint8, or None if the package `pdqhash` is not installed. It is no requirement."""
    try:
        pdqhash: Any = importlib.import_module("pdqhash")
    except ModuleNotFoundError:
        return None
    return np.array([np.packbits(pdqhash.compute(np.asarray(each.convert("RGB")))[0]) for each in pictures], np.uint8)


def threshold_of(scores: Floats, excluded: Iterable[tuple[int, int]]) -> float:
    """Return the threshold for (N, N) scores of clean uploads. Pairs that are known copies are excluded."""
    clean = scores.copy()
    np.fill_diagonal(clean, -np.inf)
    for one, other in excluded:
        clean[one, other] = clean[other, one] = -np.inf
    best = np.sort(clean.max(axis=1))[::-1]
    return float(best[int(len(best) * FALSE_UPLOADS)])
