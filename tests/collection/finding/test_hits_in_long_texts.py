"""Hits in long descriptions are shown, and a long list of works reads only the beginning of each."""

import pytest

from collection.browsing.text import highlighting
from collection.models import Artwork
from tests.factories import a_collection

pytestmark = pytest.mark.django_db

FILLING = "Sorgfältig gemalte Blätter und Früchte. "


def described(count: int, *, after_chars: int) -> None:
    """Add works whose descriptions have the word Nautilus after about so many characters."""
    filling = FILLING * (after_chars // len(FILLING))
    collection = a_collection()
    Artwork.objects.bulk_create(
        Artwork(
            collection=collection,
            accession_number=f"1.{number}",
            description=f"{filling}A nautilus shell. {FILLING * 500}",
            is_published=True,
            is_ready=True,
        )
        for number in range(count)
    )


def test_a_word_deep_in_a_long_description_is_marked(client):
    described(1, after_chars=4_500)

    assert "A <mark>nautilus</mark> shell." in client.get("/browse/?q=nautilus").text


def test_a_long_list_looks_only_so_far_into_each_description(client, monkeypatch):
    monkeypatch.setattr(highlighting, "PAGE_CHARS", 3_000)
    described(3, after_chars=2_000)

    page = client.get("/browse/?q=nautilus").text

    assert page.count('class="work-card ') == 3
    assert "<mark>" not in page


def test_the_number_of_queries_does_not_grow_with_the_works(client, django_assert_max_num_queries):
    described(30, after_chars=100)

    for address in ("/browse/?pages=2", "/browse/?pages=2&q=nautilus"):
        with django_assert_max_num_queries(8):
            assert client.get(address).text.count('class="work-card ') == 30
