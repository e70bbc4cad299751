"""Measure how alike neighbours are by the museum's own records: same class, same maker, same culture, same department.

Neighbours are the nearest other works of the same collection that have such a label; a work itself is left out. Two
works are "the same" if they have a label in common. Precision@k is the share of a work's k nearest that are the same.
Recall@k is the share of the same works among the k nearest; at most k can be there, so of larger groups k are enough.
Definitions: Manning, Raghavan & Schuetze, Introduction to Information Retrieval, 2008, section 8.4.

Intervals are bootstraps over the works that are asked about; the works that they are compared with stay as they are.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from similarity.measures import scores
from similarity.measures.bootstrap import Interval
from similarity.measures.record_fields import Field

Floats = NDArray[np.float32]
Values = NDArray[np.float64]
Places = NDArray[np.intp]
Labels = Sequence[Sequence[str]]  # of each work none, one or several

K = 10
LEAST_WORKS = 20  # with a label; of fewer an interval says hardly anything
CHUNK = 512  # rows of similarities that are held at once: 10 MB against 5,000 works


class MeaninglessError(ValueError):
    """A measure that says nothing on these works; the text is one sentence that says why."""


def measure(vectors: Floats, collections: Sequence[int], labels: Labels, field: Field, *, k: int = K) -> "Likeness":
    """Return the precision or recall of one field over N works.

    `vectors`: (N, D) float32, one row a work, none of them zero; compared by cosine. `collections`: (N,) the collection
    of each work. Raises MeaninglessError.
    """
    return summarise(values(vectors, collections, labels, field, k=k))


def values(vectors: Floats, collections: Sequence[int], labels: Labels, field: Field, *, k: int = K) -> "Measured":
    """Measure each work. Arguments and error as of `measure`."""
    groups = groups_of(collections, labels)
    refuse(groups, field)
    telling = [group for group in groups if len(group.members) > 1]
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    parts = [score(unit[group.rows], group, field, k) for group in telling]
    found, chance = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Measured(found, chance, sum(group.kinds(2 if field.is_recall else 1) for group in telling))


def summarise(each: "Measured") -> "Likeness":
    (interval,) = scores.intervals(each.found[:, None], range(len(each.found)))
    return Likeness(
        value=float(each.found.mean()),
        interval=interval,
        chance=float(each.chance.mean()),
        works=len(each.found),
        labels=each.labels,
    )


def groups_of(collections: Sequence[int], labels: Labels) -> list["Group"]:
    """The labelled works of each collection."""
    rows: dict[int, list[int]] = defaultdict(list)
    for row, collection in enumerate(collections):
        if labels[row]:
            rows[collection].append(row)
    return [Group(np.array(found, np.intp), [labels[row] for row in found]) for found in rows.values()]


def refuse(groups: Sequence["Group"], field: Field) -> None:
    """Raise MeaninglessError where nothing can be said of the field."""
    works = sum(len(group.rows) for group in groups)
    if not works:
        raise MeaninglessError(field.absent)
    if works < LEAST_WORKS:
        have = f"Only {works:,} works have" if works > 1 else "Only 1 work has"
        raise MeaninglessError(f"{have} a known {field.one}; at least {LEAST_WORKS} are needed.")
    telling = [group for group in groups if len(group.members) > 1]
    if not telling:
        every = "In each collection all" if len(groups) > 1 else f"All {works:,}"
        raise MeaninglessError(f"{every} works have the same {field.one}, so every answer would be right.")
    if max(len(alike) for group in telling for alike in group.members.values()) < 2:
        raise MeaninglessError(f"No two works have the same {field.one}, so there is nothing to find.")


def score(unit: Floats, group: "Group", field: Field, k: int) -> tuple[Values, Values]:
    """(W, D) unit rows of one collection -> (Q,) values and (Q,) what random neighbours would reach, of Q <= W works.

    Recall leaves out works that have none of their kind; precision counts them as wrong, as a visitor would.
    """
    k = min(k, len(unit) - 1)
    found, chance = [], []
    for row, near in enumerate(neighbours(unit, k)):
        alike = group.alike(row)
        others = len(alike) - 1
        if field.is_recall and not others:
            continue
        whole = min(k, others) if field.is_recall else k
        found.append(sum(place in alike for place in near.tolist()) / whole)
        chance.append(k * others / (len(unit) - 1) / whole)
    return np.array(found, np.float64), np.array(chance, np.float64)


def neighbours(unit: Floats, k: int) -> Iterator[Places]:
    """(W, D) unit rows -> of each the places (k,) of the nearest others by cosine, in no order."""
    for start in range(0, len(unit), CHUNK):
        similar = unit[start : start + CHUNK] @ unit.T
        own = np.arange(len(similar))
        similar[own, start + own] = -np.inf
        yield from np.argpartition(-similar, k - 1, axis=1)[:, :k]


class Group:
    """The works of one collection that have a label."""

    def __init__(self, rows: Places, labels: Labels) -> None:
        self.rows = rows  # (W,) among all works
        self.labels = labels
        found: dict[str, set[int]] = defaultdict(set)
        for place, names in enumerate(labels):
            for name in names:
                found[name].add(place)
        self.members = {name: frozenset(places) for name, places in found.items()}

    def alike(self, place: int) -> frozenset[int]:
        """The places of the works that have a label in common with this one, itself among them."""
        first, *more = (self.members[name] for name in self.labels[place])
        return first.union(*more) if more else first

    def kinds(self, least: int) -> int:
        """How many labels so many works or more have."""
        return sum(len(places) >= least for places in self.members.values())


@dataclass(frozen=True)
class Measured:
    """Q works, one by one."""

    found: Values  # (Q,) precision or recall
    chance: Values  # (Q,) what neighbours drawn at random would reach
    labels: int


@dataclass(frozen=True)
class Likeness:
    """One measure of one space. Shares are 0..1."""

    value: float
    interval: Interval  # 95 %
    chance: float  # what neighbours drawn at random would reach
    works: int  # that were asked about
    labels: int  # different classes, or makers of several works; those of two collections count apart
