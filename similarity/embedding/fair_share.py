"""The share of an embedding worker's time that embedding gets while visitors search.

Embedding gets as much time as the searches of single visitors, and CROWD_WEIGHT times as much as those of a crowd
(`fair_queue.CROWD`). So a flood of searches from one network slows uploads little. An embedding worker is one process
that does one thing at a time, so the process itself keeps the account.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from redis.exceptions import RedisError

from similarity.embedding import pipeline
from similarity.vision.contract import Embedder
from similarity.vision.twin.network import TwinNetwork
from similarity.workers import fair_queue, stage_times

SLICE_S = 1.0  # embedding gets a slice when it is owed this much; a single visitor ends a slice after this time
LONGEST_S = 3.0  # the most that embedding can be owed
CROWD_WEIGHT = 2.0


@dataclass
class Turn:
    """A search. `is_of_crowd`: whether it belonged to a crowd when the worker took it."""

    is_of_crowd: bool = False


@dataclass
class Account:
    """The time that embedding is owed, in seconds."""

    owed_s: float = 0.0


account = Account()


@contextmanager
def searching() -> Iterator[Turn]:
    """Add the duration of the block to the time that embedding is owed."""
    turn, start = Turn(), time.monotonic()
    try:
        yield turn
    finally:
        taken_s = (time.monotonic() - start) * (CROWD_WEIGHT if turn.is_of_crowd else 1.0)
        account.owed_s = min(account.owed_s + taken_s, LONGEST_S)


def embed_owed(embedders: Sequence[Embedder], twin_network: TwinNetwork | None = None) -> int:
    """Embed waiting pictures for about the time that embedding is owed, if that is SLICE_S or more.

    A single visitor who waits comes first, unless embedding is owed LONGEST_S. Return the number of pictures.
    """
    is_due = account.owed_s >= (LONGEST_S if is_visitor_waiting() else SLICE_S)
    return embed(embedders, account.owed_s, twin_network) if is_due else 0


def embed(embedders: Sequence[Embedder], budget_s: float, twin_network: TwinNetwork | None = None) -> int:
    """Embed waiting pictures for about `budget_s`, or SLICE_S if a single visitor waits. Return their number.

    Raise what `pipeline.run` raises.
    """
    start = time.monotonic()

    def has_time() -> bool:
        elapsed_s = time.monotonic() - start
        return elapsed_s < budget_s and not (elapsed_s >= SLICE_S and is_visitor_waiting())

    try:
        return pipeline.run(embedders, pipeline.Pace(has_time, is_search_waiting), twin_network)
    finally:
        account.owed_s = max(account.owed_s - (time.monotonic() - start), 0.0)
        stage_times.publish()


def is_visitor_waiting() -> bool:
    """Return True if a search waits that does not belong to a crowd. Return False without Redis."""
    try:
        return fair_queue.is_one_waiting()
    except RedisError:
        return False


def is_search_waiting() -> bool:
    """Return True if any search waits. Return False without Redis."""
    try:
        return fair_queue.waiting() > 0
    except RedisError:
        return False
