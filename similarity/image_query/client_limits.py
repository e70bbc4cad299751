"""Limit the searches by picture of one client: the number in a minute, and the number that wait at once.

Clients are told apart by collection.clients. Redis holds a keyed hash of the client's address, not the address itself,
for two minutes.
"""

import time

from django.utils.crypto import salted_hmac
from redis import Redis

PREFIX = "kindred:search:client:"
MINUTE_S = 60
PER_MINUTE = 60  # a school class may share one address
WAITING = 10  # of the 50 searches that may wait in all
WAITING_RETRY_S = 5

TOO_MANY = "Too many searches have come from your address in the last minute. Please try again in a minute."
TOO_MANY_WAITING = "Other searches from your address are still waiting. Please try again in a moment."


class TooManySearchesError(RuntimeError):
    """This client has used its share. The text can be shown. Wait `retry_after_s` before another try."""

    def __init__(self, sentence: str, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


def key(client: str) -> str:
    """Return the key of a client in Redis, with a keyed hash of its address."""
    return PREFIX + salted_hmac(PREFIX, client).hexdigest()[:32]


def admit(redis: Redis, client: str, search_key: str, waits_at_most_s: int) -> None:
    """Count a search that begins. Raise TooManySearchesError if the client has used its share.

    `search_key` exists in Redis from before this call until the search is answered or refused.
    """
    now_s = time.time()
    minute, begun = f"{key(client)}:{now_s // MINUTE_S:.0f}", f"{key(client)}:begun"
    with redis.pipeline() as pipe:
        pipe.incr(minute)
        pipe.expire(minute, MINUTE_S)
        count, _ = pipe.execute()
    if count > PER_MINUTE:  # the set below then grows no further
        raise TooManySearchesError(TOO_MANY, MINUTE_S - int(now_s % MINUTE_S))
    with redis.pipeline() as pipe:
        pipe.zremrangebyscore(begun, "-inf", now_s - waits_at_most_s)
        pipe.zadd(begun, {search_key: now_s})
        pipe.zrange(begun, 0, -1)
        pipe.expire(begun, waits_at_most_s)
        _, _, search_keys, _ = pipe.execute()
    if redis.exists(*search_keys) > WAITING:
        raise TooManySearchesError(TOO_MANY_WAITING, WAITING_RETRY_S)
