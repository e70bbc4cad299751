"""Robots find the works, and leave alone what costs the network's time."""

from fnmatch import fnmatchcase

import pytest
from django.test import Client
from django.urls import reverse


def is_admitted(client: Client, address: str) -> bool:
    """By RFC 9309, section 2.2: a rule is the beginning of an address, * stands for anything."""
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = (line.partition(": ") for line in answer.text.splitlines())
    return not any(name == "Disallow" and fnmatchcase(address, f"{rule}*") for name, _, rule in lines)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("why-similar", [1, 23]),
        ("similar", [1]),
        ("dissimilar", [1]),
        ("search-picture", []),
        ("search-picture-results", ["a" * 22]),
    ],
)
def test_robots_leave_alone_what_the_network_is_asked_for(client: Client, name: str, arguments: list[object]):
    assert not is_admitted(client, reverse(name, args=arguments))


@pytest.mark.parametrize(("name", "arguments"), [("home", []), ("browse", []), ("work", [1]), ("collection", ["a"])])
def test_robots_find_the_works(client: Client, name: str, arguments: list[object]):
    assert is_admitted(client, reverse(name, args=arguments))
