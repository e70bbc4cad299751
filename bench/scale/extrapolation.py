"""Fit how a figure grows with the number of vectors, and extrapolate it to other sizes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Power:
    """factor * count ** exponent, for bytes, seconds and distances. An exponent of 1 is linear growth."""

    factor: float
    exponent: float

    def at(self, count: float) -> float:
        return float(self.factor * count**self.exponent)


@dataclass(frozen=True)
class Logarithmic:
    """level + step * log2(count), for the time of a graph search: its paths grow by a constant with every doubling."""

    level: float
    step: float  # with every doubling

    def at(self, count: float) -> float:
        return float(self.level + self.step * np.log2(count))


def power(counts: Sequence[int], values: Sequence[float]) -> Power:
    """Fit by least squares of the logarithms. Raise ValueError for fewer than two sizes or values of 0 or less."""
    check(counts)
    if min(values) <= 0:
        raise ValueError("a power law needs values above 0")
    exponent, level = np.polyfit(np.log(counts), np.log(values), 1)
    return Power(float(np.exp(level)), float(exponent))


def logarithmic(counts: Sequence[int], values: Sequence[float]) -> Logarithmic:
    """Fit by least squares. Raise ValueError for fewer than two sizes."""
    check(counts)
    step, level = np.polyfit(np.log2(counts), values, 1)
    return Logarithmic(float(level), float(step))


def check(counts: Sequence[int]) -> None:
    if len(set(counts)) < 2:
        raise ValueError("growth needs at least two sizes")
