"""Measure how many altered copies short hashes find at a low rate of false pairs.

An upload is an altered picture. It is compared with all originals. Its own original should be found; originals of
other works are false pairs. A threshold is the largest distance at which there is at most one false pair per thousand
uploads, over all alterations together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

FALSE_PAIRS = 1 / 1000  # for each upload
MOST_BITS = 64


@dataclass(frozen=True)
class AlterationScore:
    """Shares of the uploads with one alteration, 0..1."""

    equal: float  # the hash equals the original's
    recall: float  # the distance is at most the threshold


@dataclass(frozen=True)
class Scores:
    threshold_bits: int  # -1: even equal hashes are too often false
    false_pairs_per_1000: float  # within the threshold
    false_equal_per_1000: float  # at distance 0
    alterations: dict[str, AlterationScore]

    @property
    def mean_equal(self) -> float:
        return float(np.mean([score.equal for score in self.alterations.values()]))

    @property
    def mean_recall(self) -> float:
        return float(np.mean([score.recall for score in self.alterations.values()]))


def score(originals: Hashes, works: NDArray[np.intp], uploads: Mapping[str, Hashes], own: NDArray[np.intp]) -> Scores:
    """Score hashes.

    `originals`: (M,). `works`: (M,) the works of the originals. `uploads`: (Q,) for each alteration. `own`: (Q,) the
    index of each upload's original.
    """
    is_other = works[own][:, None] != works  # (Q, M)
    true, false = {}, np.zeros(MOST_BITS + 1, dtype=np.int64)
    for name, hashes in uploads.items():
        distances = hamming(hashes[:, None], originals)
        true[name] = distances[np.arange(len(own)), own]
        false += np.bincount(distances[is_other], minlength=MOST_BITS + 1)
    rates = false.cumsum() / (len(uploads) * len(own))  # false pairs an upload, by threshold
    threshold = int((rates <= FALSE_PAIRS).sum()) - 1
    found = {
        name: AlterationScore(float((apart == 0).mean()), float((apart <= threshold).mean()))
        for name, apart in true.items()
    }
    return Scores(threshold, 1000 * float(rates[max(threshold, 0)]), 1000 * float(rates[0]), found)


def hamming(one: Hashes, other: Hashes) -> NDArray[np.uint8]:
    return np.asarray(np.bitwise_count(one ^ other))


@dataclass(frozen=True)
class BitQuality:
    means: list[float]  # of each bit, 0.5 at best
    largest_correlation: float  # between two bits, absolute
    mean_correlation: float


def bit_quality(bits: NDArray[np.uint8]) -> BitQuality:
    """Return means and largest correlation of (N, B) bits of 0 and 1. A constant bit counts as uncorrelated."""
    centred = bits - bits.mean(axis=0)
    deviations = np.maximum(centred.std(axis=0), 1e-6)
    correlation = np.abs(centred.T @ centred / len(bits) / np.outer(deviations, deviations))
    off = correlation[np.triu_indices(bits.shape[1], 1)]
    return BitQuality(bits.mean(axis=0).round(4).tolist(), float(off.max()), float(off.mean()))
