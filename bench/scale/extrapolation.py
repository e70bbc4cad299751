"""How a figure grows with the number of vectors, fitted to what was measured, and read off for sizes that were not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Power:
    """factor * count ** exponent: bytes, seconds, distances. An exponent of 1 is growth in proportion."""

    factor: float
    exponent: float

    def at(self, count: float) -> float:
        return float(self.factor * count**self.exponent)


@dataclass(frozen=True)
class Logarithmic:
    """level + step * log2(count): a graph search, whose ways grow by one step with every doubling."""

    level: float
    step: float  # with every doubling

    def at(self, count: float) -> float:
        return float(self.level + self.step * np.log2(count))


def power(counts: Sequence[int], values: Sequence[float]) -> Power:
    """Least squares among the logarithms. Raises ValueError for less than two sizes, or values that aren't above 0."""
    check(counts)
    if min(values) <= 0:
        raise ValueError("a power law is fitted to values above 0")
    exponent, level = np.polyfit(np.log(counts), np.log(values), 1)
    return Power(float(np.exp(level)), float(exponent))


def logarithmic(counts: Sequence[int], values: Sequence[float]) -> Logarithmic:
    """Least squares. Raises ValueError for less than two sizes."""
    check(counts)
    step, level = np.polyfit(np.log2(counts), values, 1)
    return Logarithmic(float(level), float(step))


def check(counts: Sequence[int]) -> None:
    if len(set(counts)) < 2:
        raise ValueError("growth shows from two sizes on")
