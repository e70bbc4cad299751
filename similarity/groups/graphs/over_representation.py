"""Which values the members of a cluster have more often than the others (hypergeometric test, Bonferroni)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SIGNIFICANCE = 0.01  # the probability that any value of any cluster is named by chance
LEAST_SHARE = 0.15  # of the members of the cluster
LEAST_LIFT = 1.5  # share in the cluster : share elsewhere
LEAST_COUNT = 3  # members


@dataclass(frozen=True)
class Tally:
    """How many of the members of a cluster have a value, and how many of all."""

    count: int
    size: int  # of the cluster
    total_count: int
    total: int

    @property
    def share(self) -> float:
        return self.count / self.size

    @property
    def elsewhere(self) -> float:
        """Return the share of the others that have the value."""
        return (self.total_count - self.count) / max(self.total - self.size, 1)

    @property
    def is_frequent(self) -> bool:
        """Return True if the share and the lift of the value are large enough, whatever its p-value."""
        return is_common(self.count, self.size) and self.share >= LEAST_LIFT * self.elsewhere

    @property
    def weight(self) -> float:
        """Return how much the value says about the cluster: its share times the logarithm of its lift."""
        return self.share * math.log(self.share / (self.elsewhere + 0.01))


def significant(tallies: Sequence[Tally], tested: int) -> list[bool]:
    """Return for each tally whether its value is over-represented, if `tested` values are tested together."""
    from scipy.stats import hypergeom

    rows = np.array([[t.count, t.total, t.total_count, t.size] for t in tallies], np.int64).reshape(-1, 4)
    p_values = hypergeom.sf(rows[:, 0] - 1, rows[:, 1], rows[:, 2], rows[:, 3])
    limit = SIGNIFICANCE / max(tested, 1)
    return [bool(p <= limit) and tally.is_frequent for p, tally in zip(p_values, tallies, strict=True)]


def is_common(count: int, size: int) -> bool:
    """Return True if enough of the members of a cluster have a value."""
    return count >= LEAST_COUNT and count >= LEAST_SHARE * size
