"""Seconds and pictures by stage of the workers, for /metrics. Each process sums its own and adds them to Redis.

All workers add to the same values in Redis, so /metrics shows those of the whole site.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from redis.exceptions import RedisError

from similarity.workers import ephemeral

logger = logging.getLogger(__name__)

KEY = "kindred:stages"
READ, DECODE, NETWORK, TWIN, WRITE, FLAG = NAMES = ("read", "decode", "network", "twin", "write", "flag")

lock = Lock()
unpublished: Counter[str] = Counter()


@contextmanager
def stage(name: str, pictures: int = 1) -> Iterator[None]:
    """Add the time spent inside the block to the stage. Times of parallel threads are added up."""
    start = time.perf_counter()
    try:
        yield
    finally:
        with lock:
            unpublished[f"{name}:seconds"] += time.perf_counter() - start  # type: ignore[assignment]
            unpublished[f"{name}:pictures"] += pictures


def publish() -> None:
    """Add the counts since the last call to the sums in Redis. If Redis is unreachable, keep them for the next call."""
    with lock:
        counted = dict(unpublished)
        unpublished.clear()
    try:
        with ephemeral.connect() as redis, redis.pipeline() as pipe:
            for name, amount in counted.items():
                pipe.hincrbyfloat(KEY, name, amount)
            pipe.execute()
    except RedisError as error:
        logger.warning("The stages' times were not published: %s", error)
        with lock:
            unpublished.update(counted)


def totals() -> dict[str, tuple[float, int]]:
    """Return seconds and pictures by stage, summed since Redis was set up. Raise RedisError."""
    with ephemeral.connect() as redis:
        stored = {name.decode(): float(value) for name, value in redis.hgetall(KEY).items()}
    return {name: (stored.get(f"{name}:seconds", 0.0), int(stored.get(f"{name}:pictures", 0))) for name in NAMES}
