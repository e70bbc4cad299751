"""The client that a request comes from, as limits and the audit log identify it."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

IPV6_NETWORK_BITS = 64
WIDER_BITS = {4: 24, 6: 48}  # prefix length of the network around a client, by IP version
WITH_PORT = re.compile(r"^(\[.*\]|[\d.]+):\d+$")  # as some proxies report addresses


def client_of(request: HttpRequest) -> str:
    """Return the IPv4 address that a request comes from, or its network of 2**64 IPv6 addresses.

    Such a network is usually one household or museum. Behind a proxy, the address is the one that the proxy reports.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.KINDRED_BEHIND_PROXY else ""
    address = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    address = WITH_PORT.sub(r"\1", address).strip("[]")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a UNIX socket has no address
        return address
    is_ipv6 = parsed.version == 6 and not parsed.ipv4_mapped
    return str(ipaddress.ip_network((address, IPV6_NETWORK_BITS), strict=False)) if is_ipv6 else address


def network_address(request: HttpRequest) -> str | None:
    """Return the client's IPv4 address or the first address of its IPv6 network, or None if it has no address."""
    address = client_of(request).partition("/")[0]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def network_of(client: str) -> str:
    """Return the network around a client: the /24 of an IPv4 address, the /48 of an IPv6 one."""
    try:
        inside = ipaddress.ip_network(client).network_address
    except ValueError:  # a UNIX socket has no address
        return client
    address = getattr(inside, "ipv4_mapped", None) or inside
    return str(ipaddress.ip_network((address, WIDER_BITS[address.version]), strict=False))
