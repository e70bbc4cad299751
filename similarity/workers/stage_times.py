"""Where a worker's time goes: seconds and pictures by stage, summed in this process, published to Redis for /metrics.

Several workers add to one sum, so that what is published is the whole site's.
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
READ, DECODE, NETWORK, WRITE, FLAG = NAMES = ("read", "decode", "network", "write", "flag")

lock = Lock()
unpublished: Counter[str] = Counter()


@contextmanager
def stage(name: str, pictures: int = 1) -> Iterator[None]:
    """Counts the time spent within; threads add up."""
    start = time.perf_counter()
    try:
        yield
    finally:
        with lock:
            unpublished[f"{name}:seconds"] += time.perf_counter() - start  # type: ignore[assignment]
            unpublished[f"{name}:pictures"] += pictures


def publish() -> None:
    """Adds what was counted since the last time to the site's sums. Without Redis it waits for the next time."""
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
    """By stage, seconds and pictures since Redis was set up. Raises RedisError."""
    with ephemeral.connect() as redis:
        stored = {name.decode(): float(value) for name, value in redis.hgetall(KEY).items()}
    return {name: (stored.get(f"{name}:seconds", 0.0), int(stored.get(f"{name}:pictures", 0))) for name in NAMES}
