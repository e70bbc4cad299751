"""Pages make sense for collections of one work, of three and of identical works, and for odd titles."""

import numpy as np
import pytest
from django.test import Client

from collection.models import Artwork
from similarity.index import percentiles
from similarity.models import Space
from tests import factories
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db

ODD_TITLES = [
    '<script>alert("x")</script>',
    "\u202elive\u202c שלום مرحبا",
    "🖼️👩‍🎨 emoji",
    "unbroken" * 62,
    "a\tb\r\nc",
    "{{ museum.name }} {% url 'home' %}",
]


def addresses(works: list[Artwork]) -> list[str]:
    one, other = works[0].pk, works[-1].pk
    ids = ",".join(str(work.pk) for work in works)
    return [
        "/", "/browse/", f"/works/{one}/", f"/works/{one}/similar/", f"/works/{one}/dissimilar/",
        f"/works/{one}/around/", f"/works/{one}/more/", f"/works/{one}/compare/{other}/",
        f"/trail/?works={ids}", f"/trail/strip/?works={ids}", f"/favourites/?works={ids}",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 3])
def test_small_collections_have_every_page(client: Client, count: int):
    collection = factories.a_collection()
    works = [embedded_work(collection, 0.3 * number, creators=["Ada"]) for number in range(count)]

    assert {address: client.get(address).status_code for address in addresses(works)} == dict.fromkeys(
        addresses(works), 200
    )


def test_identical_works_have_every_page_and_no_marks_that_mean_nothing(client: Client):
    collection = factories.a_collection()
    works = [embedded_work(collection, 0.0) for _ in range(5)]
    Space.objects.update(quantiles=np.zeros(percentiles.STEPS + 1).tolist())

    assert {client.get(address).status_code for address in addresses(works)} == {200}
    assert "nearness--" not in client.get(f"/works/{works[0].pk}/similar/").text


@pytest.mark.parametrize("title", ODD_TITLES)
def test_odd_titles_are_shown_as_text_on_every_page(client: Client, title: str):
    collection = factories.a_collection()
    works = [embedded_work(collection, 0.1 * number, title=title, creators=[title[:200]]) for number in range(2)]

    for address in addresses(works):
        response = client.get(address)
        assert response.status_code == 200
        assert "<script>alert" not in response.text
