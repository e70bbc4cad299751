"""The share of an embedding worker's time that embedding gets while visitors search: as much as the searches.

An embedding worker is one process that does one thing at a time, so the times are kept in the process.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from redis.exceptions import RedisError

from similarity.embedding import pipeline
from similarity.vision.contract import Embedder
from similarity.workers import fair_queue, stage_times

SLICE_S = 1.0  # of searching, before pictures that wait get as much; also the time before a search ends their slice
LONGEST_S = 3.0  # a search is not kept waiting longer than that


class Owed:
    """The time that embedding is owed, in seconds."""

    seconds = 0.0


@contextmanager
def searching() -> Iterator[None]:
    """Add the time of the block to what embedding is owed."""
    start = time.monotonic()
    try:
        yield
    finally:
        Owed.seconds = min(Owed.seconds + time.monotonic() - start, LONGEST_S)


def embed(embedders: Sequence[Embedder], budget_s: float) -> int:
    """Embed pictures that wait for at most about `budget_s`, or SLICE_S if a search waits. Return their number.

    Raise what `pipeline.run` raises.
    """
    start = time.monotonic()
    try:
        return pipeline.run(embedders, budget_s=budget_s, yields_after_s=SLICE_S, is_other_waiting=is_search_waiting)
    finally:
        Owed.seconds = max(Owed.seconds - (time.monotonic() - start), 0.0)
        stage_times.publish()


def is_owed() -> bool:
    """Return True if searches have had the worker for so long that embedding is due."""
    return Owed.seconds >= SLICE_S


def is_search_waiting() -> bool:
    """Return True if a search waits, which ends a slice of embedding. Without Redis none can wait."""
    try:
        return fair_queue.waiting() > 0
    except RedisError:
        return False
