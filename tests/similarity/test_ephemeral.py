"""Short-lived values in Redis: connecting never fails, and the first command raises an error if Redis is away."""

import pytest
from redis.exceptions import RedisError

from similarity.workers import ephemeral


def test_a_stored_value_is_found():
    with ephemeral.connect() as redis:
        redis.set("kindred:test:short-term", "here", ex=5)

        assert redis.get("kindred:test:short-term") == b"here"


def test_the_first_command_fails_if_redis_is_away(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    with ephemeral.connect() as redis, pytest.raises(RedisError):
        redis.get("kindred:test:short-term")
