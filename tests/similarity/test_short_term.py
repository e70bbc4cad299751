"""What may be lost lies in Redis: connecting costs nothing, and a Redis that is gone is told at the first question."""

import pytest
from redis.exceptions import RedisError

from similarity.workers import ephemeral


def test_what_was_put_there_is_found_until_it_expires():
    with ephemeral.connect() as redis:
        redis.set("kindred:test:short-term", "here", ex=5)

        assert redis.get("kindred:test:short-term") == b"here"


def test_a_redis_that_is_gone_is_told_when_it_is_first_asked(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    with ephemeral.connect() as redis, pytest.raises(RedisError):
        redis.get("kindred:test:short-term")
