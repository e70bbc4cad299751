"""Redis, for values that may be lost: searched pictures, explanations, times of stages. Celery uses the same Redis."""

from typing import Any

from django.conf import settings
from redis import Redis


def connect() -> Redis:
    """Return a client. It connects at its first command, which raises RedisError if Redis cannot be reached."""
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=5)


def time_of(redis: Any) -> float:
    """Return the time by the clock of Redis, in seconds since 1970. Raise RedisError."""
    seconds, microseconds = redis.time()
    return float(seconds + microseconds / 1e6)
