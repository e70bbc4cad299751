"""Limit the searches by picture of one client and of its network: how many begin in a minute.

A client is an IPv4 address or a network of 2**64 IPv6 addresses, such as one household or museum has. Its network is
the /24 or the /48 around it. `fair_queue` limits how many wait at once. Redis holds keyed hashes of the addresses, not
the addresses themselves, for two minutes.
"""

import ipaddress
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from redis import Redis

from similarity.workers import fair_queue

PREFIX = "kindred:search:client:"
MINUTE_S = 60
PER_MINUTE = 60  # a school class may share one address
NETWORK_PER_MINUTE = 240
WAITING_RETRY_S = 5
IPV6_NETWORK_BITS = 64
WIDER_BITS = {4: 24, 6: 48}  # of the network around a client, by the version of its address
WITH_PORT = re.compile(r"^(\[.*\]|[\d.]+):\d+$")  # as some proxies report addresses

TOO_MANY = "Too many searches have come from your address in the last minute. Please try again in a minute."
TOO_MANY_OF_NETWORK = "Too many searches have come from your network in the last minute. Please try again in a minute."
STILL_WAITING: Mapping[fair_queue.Full, str] = {
    "client": "Other searches from your address are still waiting. Please try again in a moment.",
    "network": "Other searches from your network are still waiting. Please try again in a moment.",
}


class TooManySearchesError(RuntimeError):
    """This client has used its share. The text can be shown. Wait `retry_after_s` before another try."""

    def __init__(self, sentence: str, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


def client_of(request: HttpRequest) -> str:
    """Return the address that a request comes from. Behind a proxy, that is the address that the proxy reports."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.KINDRED_BEHIND_PROXY else ""
    address = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    address = WITH_PORT.sub(r"\1", address).strip("[]")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a UNIX socket has no address
        return address
    is_ipv6 = parsed.version == 6 and not parsed.ipv4_mapped
    return str(ipaddress.ip_network((address, IPV6_NETWORK_BITS), strict=False)) if is_ipv6 else address


def network_of(client: str) -> str:
    """Return the network around a client: the /24 of an IPv4 address, the /48 of an IPv6 one."""
    try:
        inside = ipaddress.ip_network(client).network_address
    except ValueError:  # a UNIX socket has no address
        return client
    address = getattr(inside, "ipv4_mapped", None) or inside
    return str(ipaddress.ip_network((address, WIDER_BITS[address.version]), strict=False))


def asker(client: str | None) -> fair_queue.Asker:
    """Return keyed hashes of a client and its network. Without a client nothing is limited."""
    return fair_queue.Asker() if client is None else fair_queue.Asker(key(network_of(client)), key(client))


def key(client: str) -> str:
    """Return the key of a client or network in Redis, with a keyed hash of its address."""
    return PREFIX + salted_hmac(PREFIX, client).hexdigest()[:32]


def admit(redis: Redis, asker: fair_queue.Asker) -> None:
    """Count a search that begins. Raise TooManySearchesError if the client or its network has used its share."""
    if not asker.client:
        return
    # the client first, so that its refused searches use up nothing of its network
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
def waiting_limits() -> Iterator[None]:
    """Turn NoRoomError of the block into TooManySearchesError, unless the queue is full for everybody."""
    try:
        yield
    except fair_queue.NoRoomError as error:
        if error.full == "queue":
            raise
        raise TooManySearchesError(STILL_WAITING[error.full], WAITING_RETRY_S) from None
