"""Compare a supervised projection with the plain vectors on held-out works.

The works are split into two halves: one to fit on, one to test on. Works by one maker look alike and are mostly of one
class. If a maker's works were in both halves, a projection that learned makers would seem to have learned classes.
`split` can therefore keep such works in one half.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from similarity.measures import bootstrap, likeness
from similarity.measures.bootstrap import Interval
from similarity.measures.likeness import Likeness
from similarity.measures.record_fields import Field

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]
Labels = Sequence[Sequence[str]]  # for each work none, one or several


def split(labels: Labels, seed: int = 0, *, grouped_by: Sequence[Sequence[str]] | None = None) -> tuple[Rows, Rows]:
    """Return the rows to fit on and the held-out rows, ascending. Equal arguments give equal halves.

    Each class is split as evenly as possible. `grouped_by`: names of each work, such as its makers; works that share a
    name come into the same half. Groups are assigned one by one, the largest first, each to the half that balances its
    classes better.
    """
    groups = groups_of(grouped_by if grouped_by is not None else [()] * len(labels))
    rng = np.random.default_rng(seed)
    order = sorted(rng.permutation(len(groups)).tolist(), key=lambda place: -len(groups[place]))
    class_counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    halves: tuple[list[int], list[int]] = ([], [])
    for place in order:
        names = Counter(name for row in groups[place] for name in labels[row])
        lead = sum(count * (class_counts[0][name] - class_counts[1][name]) for name, count in names.items())
        lead = lead or len(halves[0]) - len(halves[1]) or int(rng.integers(2)) * 2 - 1
        side = 1 if lead > 0 else 0
        class_counts[side].update(names)
        halves[side].extend(groups[place])
    fitted, held = (np.array(sorted(half), np.intp) for half in halves)
    return fitted, held


def groups_of(names: Iterable[Sequence[str]]) -> list[list[int]]:
    """Return groups of rows that share a name, directly or through other rows. A row without names is a group itself.

    The groups are ordered by their first row.
    """
    rows_of: dict[int, list[int]] = {}  # by number of the group
    group_of: dict[str, int] = {}  # number of the group by name
    for row, own in enumerate(names):
        joined = {group_of[name] for name in own if name in group_of}
        rows_of[row] = [*(one for number in sorted(joined) for one in rows_of.pop(number)), row]
        group_of = {name: row if number in joined else number for name, number in group_of.items()}
        group_of |= dict.fromkeys(own, row)
    return sorted(rows_of.values())


def compare(plain: Floats, supervised: Floats, collections: Sequence[int], labels: Labels, field: Field) -> "HeldOut":
    """Measure one field on (N, D) plain and (N, K) supervised float32 rows of the same N held-out works.

    The interval of the ratio is a paired bootstrap, because both are measured on the same works (Efron & Tibshirani, An
    Introduction to the Bootstrap, 1993, section 8). Raise likeness.MeaninglessError.
    """
    before, after = (likeness.values(one, collections, labels, field) for one in (plain, supervised))
    counts = bootstrap.resample(len(before.values))
    floor = 1 / len(before.values)  # avoids a division by zero where a resample has no right neighbour
    ratios = (counts @ after.values) / np.maximum(counts @ before.values, floor)
    (interval,) = bootstrap.percentile_intervals(ratios[:, None])
    return HeldOut(
        plain=likeness.summarise(before),
        supervised=likeness.summarise(after),
        ratio=float(after.values.sum() / max(before.values.sum(), floor)),
        ratio_interval=interval,
    )


@dataclass(frozen=True)
class HeldOut:
    """The measurements of one field on held-out works."""

    plain: Likeness
    supervised: Likeness
    ratio: float  # of supervised to plain
    ratio_interval: Interval  # 95 %
