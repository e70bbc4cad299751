"""Measure how often neighbours have the same class, maker, culture or department in the museum's own records.

The neighbours of a work are the nearest other works of its collection that have a label in the field. Two works match
if they share a label. Precision@k is the share of matches among the k nearest works. Recall@k is the share of all
matches that are among the k nearest; of more than k matches, k count as all. Definitions: Manning, Raghavan & Schuetze,
Introduction to Information Retrieval, 2008, section 8.4.

Intervals are bootstraps over the query works. The works that they are compared with are not resampled.
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
Indices = NDArray[np.intp]
Labels = Sequence[Sequence[str]]  # for each work none, one or several

K = 10
LEAST_WORKS = 20  # with a label; with fewer works the interval is too wide to be useful
CHUNK = 512  # rows of cosines computed at once: 10 MB for 5,000 works


class MeaninglessError(ValueError):
    """The field cannot be measured on these works. The text is one sentence that says why."""


def measure(vectors: Floats, collections: Sequence[int], labels: Labels, field: Field, *, k: int = K) -> "Likeness":
    """Return the precision or recall of one field over N works.

    `vectors`: (N, D) float32, one row a work, none of them zero; compared by cosine. `collections`: (N,) ids of the
    collections. Raise MeaninglessError.
    """
    return summarise(values(vectors, collections, labels, field, k=k))


def values(vectors: Floats, collections: Sequence[int], labels: Labels, field: Field, *, k: int = K) -> "WorkScores":
    """Measure each work. Arguments and errors are those of `measure`."""
    groups = groups_of(collections, labels)
    check(groups, field)
    informative = [group for group in groups if len(group.members) > 1]
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    parts = [score(unit[group.rows], group, field, k) for group in informative]
    measured, chance = (np.concatenate(part) for part in zip(*parts, strict=True))
    return WorkScores(measured, chance, sum(group.count_labels(2 if field.is_recall else 1) for group in informative))


def summarise(measured: "WorkScores") -> "Likeness":
    """Return the mean over the works, its interval, and the mean that chance would reach."""
    (interval,) = scores.intervals(measured.values[:, None], range(len(measured.values)))
    return Likeness(
        value=float(measured.values.mean()),
        interval=interval,
        chance=float(measured.chance.mean()),
        works=len(measured.values),
        labels=measured.labels,
    )


def groups_of(collections: Sequence[int], labels: Labels) -> list["Group"]:
    """Return the labelled works of each collection."""
    rows: dict[int, list[int]] = defaultdict(list)
    for row, collection in enumerate(collections):
        if labels[row]:
            rows[collection].append(row)
    return [Group(np.array(here, np.intp), [labels[row] for row in here]) for here in rows.values()]


def check(groups: Sequence["Group"], field: Field) -> None:
    """Raise MeaninglessError if the field cannot be measured on these works."""
    works = sum(len(group.rows) for group in groups)
    if not works:
        raise MeaninglessError(field.absent)
    if works < LEAST_WORKS:
        have = f"Only {works:,} works have" if works > 1 else "Only 1 work has"
        raise MeaninglessError(f"{have} a known {field.one}; at least {LEAST_WORKS} are needed.")
    informative = [group for group in groups if len(group.members) > 1]
    if not informative:
        every = "In each collection all" if len(groups) > 1 else f"All {works:,}"
        raise MeaninglessError(f"{every} works have the same {field.one}, so every answer would be right.")
    if max(len(rows) for group in informative for rows in group.members.values()) < 2:
        raise MeaninglessError(f"No two works have the same {field.one}, so there is nothing to find.")


def score(unit: Floats, group: "Group", field: Field, k: int) -> tuple[Values, Values]:
    """Measure Q of the W works of one collection: return (Q,) values and (Q,) values of random neighbours.

    `unit`: (W, D) float32 rows of length 1. Recall leaves out works without a match. Precision counts them as 0.
    """
    k = min(k, len(unit) - 1)
    measured, chance = [], []
    for row, near in enumerate(neighbours(unit, k)):
        matches = group.matches(row)
        others = len(matches) - 1
        if field.is_recall and not others:
            continue
        total = min(k, others) if field.is_recall else k
        measured.append(sum(neighbour in matches for neighbour in near.tolist()) / total)
        chance.append(k * others / (len(unit) - 1) / total)
    return np.array(measured, np.float64), np.array(chance, np.float64)


def neighbours(unit: Floats, k: int) -> Iterator[Indices]:
    """Yield for each of (W, D) unit rows the indices (k,) of its nearest other rows by cosine, in no order."""
    for start in range(0, len(unit), CHUNK):
        similar = unit[start : start + CHUNK] @ unit.T
        own = np.arange(len(similar))
        similar[own, start + own] = -np.inf
        yield from np.argpartition(-similar, k - 1, axis=1)[:, :k]


class Group:
    """The works of one collection that have a label."""

    def __init__(self, rows: Indices, labels: Labels) -> None:
        self.rows = rows  # (W,) among all works
        self.labels = labels
        members: dict[str, set[int]] = defaultdict(set)
        for index, names in enumerate(labels):
            for name in names:
                members[name].add(index)
        self.members = {name: frozenset(indices) for name, indices in members.items()}

    def matches(self, index: int) -> frozenset[int]:
        """Return the indices of the works that share a label with this work, including its own index."""
        first, *more = (self.members[name] for name in self.labels[index])
        return first.union(*more) if more else first

    def count_labels(self, least: int) -> int:
        """Return the number of labels that at least so many works have."""
        return sum(len(indices) >= least for indices in self.members.values())


@dataclass(frozen=True)
class WorkScores:
    """The measure of each of Q works, 0..1."""

    values: Values  # (Q,) precision or recall
    chance: Values  # (Q,) the expected value for random neighbours
    labels: int


@dataclass(frozen=True)
class Likeness:
    """One measure of one space. Shares are 0..1."""

    value: float
    interval: Interval  # 95 %
    chance: float  # the expected value for random neighbours
    works: int  # query works
    labels: int  # classes, or makers of several works; a label in two collections counts twice
