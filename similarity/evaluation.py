"""How well a lens finds what it should: precision at 1, recall at 5 and mean average precision of ranked answers.

Definitions as in Manning, Raghavan & Schuetze, Introduction to Information Retrieval, 2008, section 8.4. Only queries
whose work is in the database count.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from similarity.vision import decoding
from similarity.vision.contract import Embedder


class GroundTruthError(ValueError):
    """A ground truth that can't be read; the text says what is wrong with it."""


@dataclass(frozen=True)
class Query:
    file: str
    matches: frozenset[str]


@dataclass(frozen=True)
class GroundTruth:
    """Files are named relative to the folder of pictures."""

    database: Sequence[str]
    queries: Mapping[str, Sequence[Query]]


@dataclass(frozen=True)
class Scores:
    """Means over the queries of one set; each 0..1."""

    queries: int
    p_at_1: float
    recall_at_5: float
    mean_ap: float


def read(path: Path) -> GroundTruth:
    """Raises GroundTruthError."""
    try:
        told = json.loads(path.read_text("utf-8"))
        queries = {
            name: [Query(one["file"], frozenset(one["matches"])) for one in ones]
            for name, ones in told["queries"].items()
        }
        return GroundTruth(list(told["database"]), queries)
    except OSError as error:
        raise GroundTruthError(f"{path} can't be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GroundTruthError(
            f'{path} is no ground truth: it should be {{"database": [file, ...], "queries": '
            f'{{"set": [{{"file": ..., "matches": [file, ...]}}]}}}} ({error!r}).'
        ) from None


def describe(files: Sequence[str], folder: Path, embedder: Embedder) -> NDArray[np.float32]:
    """Pictures -> (N, D), rows of length 1. Raises decoding.UnreadableError."""
    rows = [np.empty((0, embedder.identity.dimensions), np.float32)]
    for start in range(0, len(files), embedder.batch_size):
        batch = files[start : start + embedder.batch_size]
        rows.append(embedder.embed([decoding.read(folder / file, embedder.side_px).square for file in batch]))
    return np.concatenate(rows)


def evaluate(truth: GroundTruth, folder: Path, embedder: Embedder) -> dict[str, Scores]:
    """The scores of each set of queries, ranked by cosine against the whole database."""
    database = describe(truth.database, folder, embedder)
    scores = {}
    for name, queries in truth.queries.items():
        known = [query for query in queries if query.matches & set(truth.database)]
        similarities = describe([query.file for query in known], folder, embedder) @ database.T
        rankings = [[truth.database[i] for i in np.argsort(-row, kind="stable")] for row in similarities]
        scores[name] = score(known, rankings)
    return scores


def score(queries: Sequence[Query], rankings: Sequence[Sequence[str]]) -> Scores:
    """Rankings: for each query the database's files, best first."""
    if not queries:
        return Scores(0, 0.0, 0.0, 0.0)
    relevance = [[file in query.matches for file in ranking] for query, ranking in zip(queries, rankings, strict=True)]
    return Scores(
        len(queries),
        float(np.mean([ranks[0] for ranks in relevance])),
        float(np.mean([sum(ranks[:5]) / sum(ranks) for ranks in relevance])),
        float(np.mean([average_precision(ranks) for ranks in relevance])),
    )


def average_precision(relevance: Sequence[bool]) -> float:
    """Of one ranking with at least one relevant answer: the mean of the precision at each relevant rank."""
    hits = np.cumsum(relevance)
    ranks = np.flatnonzero(relevance)
    return float(np.mean(hits[ranks] / (ranks + 1)))
