"""Limit how many searches by picture of a client and its network begin in a minute, and are decoded at once.

`collection.clients` identifies clients and networks. `fair_queue` limits how many searches wait at once. Redis stores
keyed hashes of the addresses for two minutes, not the addresses themselves.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_noop
from redis import Redis

from collection import clients
from similarity.workers import fair_queue

PREFIX = "kindred:search:client:"
MINUTE_S = 60
PER_MINUTE = 60  # a school class may share one address
NETWORK_PER_MINUTE = 240
WAITING_RETRY_S = 5
DECODING_RETRY_S = 2

TOO_MANY = gettext_noop(
    "Too many searches have come from your address in the last minute. Please try again in a minute."
)
TOO_MANY_OF_NETWORK = gettext_noop(
    "Too many searches have come from your network in the last minute. Please try again in a minute."
)
STILL_READ = gettext_noop("Another picture from your address is being read. Please try again in a moment.")
STILL_WAITING: Mapping[fair_queue.Full, str] = {
    "client": gettext_noop("Other searches from your address are still waiting. Please try again in a moment."),
    "network": gettext_noop("Other searches from your network are still waiting. Please try again in a moment."),
}

# The clients whose picture this process is decoding. Each process of the site has its own set.
being_decoded: set[str] = set()
being_decoded_lock = threading.Lock()


class TooManySearchesError(RuntimeError):
    """This client has reached a limit. The text can be shown. The client may try again after `retry_after_s`."""

    def __init__(self, sentence: str, retry_after_s: int) -> None:
        super().__init__(gettext(sentence))
        self.retry_after_s = retry_after_s


def asker(client: str | None) -> fair_queue.Asker:
    """Return keyed hashes of a client and its network. None has no limits."""
    return fair_queue.Asker() if client is None else fair_queue.Asker(key(clients.network_of(client)), key(client))


def key(client: str) -> str:
    """Return the key of a client or network in Redis, with a keyed hash of its address."""
    return PREFIX + salted_hmac(PREFIX, client).hexdigest()[:32]


def admit(redis: Redis, asker: fair_queue.Asker) -> None:
    """Count a search that begins. Raise TooManySearchesError if the client or its network has reached its limit."""
    if not asker.client:
        return
    # the client first, so that its refused searches do not count for its network
    for name, limit, sentence in (
        (asker.client, PER_MINUTE, TOO_MANY),
        (asker.network, NETWORK_PER_MINUTE, TOO_MANY_OF_NETWORK),
    ):
        now_s = time.time()
        minute = f"{name}:{now_s // MINUTE_S:.0f}"
        with redis.pipeline() as pipe:
            pipe.incr(minute)
            pipe.expire(minute, MINUTE_S)
            count, _ = pipe.execute()
        if count > limit:
            raise TooManySearchesError(sentence, MINUTE_S - int(now_s % MINUTE_S))


@contextmanager
def one_picture(asker: fair_queue.Asker) -> Iterator[None]:
    """Raise TooManySearchesError if this process is decoding another picture of the client."""
    with being_decoded_lock:
        if asker.client and asker.client in being_decoded:
            raise TooManySearchesError(STILL_READ, DECODING_RETRY_S)
        being_decoded.add(asker.client)
    try:
        yield
    finally:
        with being_decoded_lock:
            being_decoded.discard(asker.client)


@contextmanager
def waiting_limits() -> Iterator[None]:
    """Convert NoRoomError to TooManySearchesError, unless the queue is full for everybody."""
    try:
        yield
    except fair_queue.NoRoomError as error:
        if error.full == "queue":
            raise
        raise TooManySearchesError(STILL_WAITING[error.full], WAITING_RETRY_S) from None
