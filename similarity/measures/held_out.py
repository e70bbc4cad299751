"""Fit on one half of the works, test on the other: whether a supervised projection is better than the plain vectors.

Works by one maker look alike, and are mostly of one class. Where they lie in both halves, a projection that only knows
the makers of one half seems to know the classes of the other. `split` can keep them together.
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
Places = NDArray[np.intp]
Labels = Sequence[Sequence[str]]  # of each work none, one or several


def split(labels: Labels, seed: int = 0, *, together: Sequence[Sequence[str]] | None = None) -> tuple[Places, Places]:
    """Return the rows to fit on and those held out, ascending; the same for the same arguments.

    Each class is halved as evenly as can be. `together`: names of each work, such as its makers; works that share one
    come into the same half. Groups are placed one by one, the largest first, where they leave their classes most even.
    """
    groups = groups_of(together if together is not None else [()] * len(labels))
    rng = np.random.default_rng(seed)
    order = sorted(rng.permutation(len(groups)).tolist(), key=lambda place: -len(groups[place]))
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    halves: tuple[list[int], list[int]] = ([], [])
    for place in order:
        names = Counter(name for row in groups[place] for name in labels[row])
        lead = sum(count * (counts[0][name] - counts[1][name]) for name, count in names.items())
        lead = lead or len(halves[0]) - len(halves[1]) or int(rng.integers(2)) * 2 - 1
        side = 1 if lead > 0 else 0
        counts[side].update(names)
        halves[side].extend(groups[place])
    fitted, held = (np.array(sorted(half), np.intp) for half in halves)
    return fitted, held


def groups_of(names: Iterable[Sequence[str]]) -> list[list[int]]:
    """Rows that have a name in common, also by way of others; a row without names is alone. By their first row."""
    rows_of: dict[int, list[int]] = {}  # by the group's number
    group_of: dict[str, int] = {}  # by name
    for row, own in enumerate(names):
        joined = {group_of[name] for name in own if name in group_of}
        rows_of[row] = [*(one for number in sorted(joined) for one in rows_of.pop(number)), row]
        group_of = {name: row if number in joined else number for name, number in group_of.items()}
        group_of |= dict.fromkeys(own, row)
    return sorted(rows_of.values())


def compare(plain: Floats, supervised: Floats, collections: Sequence[int], labels: Labels, field: Field) -> "HeldOut":
    """Measure one field on (N, D) plain and (N, K) supervised rows of the same N works, none of which was fitted on.

    Both are measured work by work, so the ratio's interval is that of pairs (Efron & Tibshirani, An Introduction to
    the Bootstrap, 1993, section 8). Raises likeness.MeaninglessError.
    """
    before, after = (likeness.values(one, collections, labels, field) for one in (plain, supervised))
    drawn = bootstrap.draw(len(before.found))
    floor = 1 / len(before.found)  # a draw that finds nothing at all has no ratio
    ratios = (drawn @ after.found) / np.maximum(drawn @ before.found, floor)
    (interval,) = bootstrap.intervals(ratios[:, None])
    return HeldOut(
        plain=likeness.summarise(before),
        supervised=likeness.summarise(after),
        ratio=float(after.found.sum() / max(before.found.sum(), floor)),
        ratio_interval=interval,
    )


@dataclass(frozen=True)
class HeldOut:
    """One field on works that were not fitted on."""

    plain: Likeness
    supervised: Likeness
    ratio: float  # of supervised to plain
    ratio_interval: Interval  # 95 %
