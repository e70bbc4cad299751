"""Robots may read the pages of works, but not pages that are costly to compute."""

from fnmatch import fnmatchcase

import pytest
from django.test import Client
from django.urls import reverse


def is_allowed(client: Client, address: str) -> bool:
    """Return True if no rule forbids the address.

    A rule is the start of an address, and * matches anything (RFC 9309, section 2.2).
    """
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
def test_robots_may_not_read_costly_pages(client: Client, name: str, arguments: list[object]):
    assert not is_allowed(client, reverse(name, args=arguments))


@pytest.mark.parametrize(("name", "arguments"), [("home", []), ("browse", []), ("work", [1]), ("collection", ["a"])])
def test_robots_may_read_the_works(client: Client, name: str, arguments: list[object]):
    assert is_allowed(client, reverse(name, args=arguments))
