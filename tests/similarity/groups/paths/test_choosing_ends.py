"""The page where visitors choose the two works of a path."""

import re

import pytest
from django.test import Client

from collection.models import Artwork
from tests import factories
from tests.similarity.groups.built_overviews import build, keep_neighbours
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def works() -> list[Artwork]:
    collection = factories.a_collection()
    return [embedded_work(collection, 0.3 * number, title=f"Boat {number}", creators=["Ada"]) for number in range(8)]


def links(text: str) -> list[str]:
    return re.findall(r'class="path-choices__one" href="([^"]+)"', text)


def test_a_search_offers_works_as_the_first_and_then_as_the_second_end(client: Client, works):
    first = links(client.get("/paths/?q=Boat+3").text)
    assert first == [f"/paths/?from={works[3].pk}"]

    second = links(client.get(f"{first[0]}&q=Boat+5").text)

    assert second == [f"/works/{works[3].pk}/", f"/paths/{works[3].pk}/{works[5].pk}/"]


def test_both_works_in_the_address_lead_to_their_path(client: Client, works):
    answer = client.get(f"/paths/?from={works[3].pk}&to={works[5].pk}")

    assert (answer.status_code, answer.url) == (302, f"/paths/{works[3].pk}/{works[5].pk}/")


def test_suggestions_lead_to_the_choice_of_that_work(client: Client, works):
    assert f'data-url="/paths/?from={works[2].pk}"' in client.get("/paths/suggestions/?q=boa").text

    second = client.get(f"/paths/suggestions/?q=boa&from={works[2].pk}").text

    assert f'data-url="/paths/{works[2].pk}/{works[4].pk}/"' in second
    assert f'data-url="/paths/{works[2].pk}/{works[2].pk}/"' not in second


def test_works_that_the_browser_has_stored_are_offered_if_they_can_be_seen(client: Client, works):
    Artwork.objects.filter(pk=works[1].pk).update(is_published=False, title="Secret")
    stored = ",".join(str(work.pk) for work in works[:3])

    text = client.get(f"/paths/choices/?works={stored}&from={works[2].pk}").text

    assert links(text) == [f"/paths/{works[2].pk}/{works[0].pk}/"]
    assert "Secret" not in text


@pytest.mark.parametrize("address", ["/paths/?q=secret", "/paths/suggestions/?q=sec"])
def test_hidden_works_are_not_offered(client: Client, works, address: str):
    Artwork.objects.filter(pk=works[1].pk).update(is_published=False, title="Secret")

    assert f"={works[1].pk}" not in client.get(address).text


@pytest.mark.parametrize("query", ["?q=%00", "?q=" + "z" * 5000, "?q=zzzz", "?from=", "?q=...", "?from=&to="])
def test_nonsense_is_answered_with_the_page(client: Client, works, query: str):
    assert client.get(f"/paths/{query}").status_code == 200


@pytest.mark.parametrize("query", ["?from=x", "?from=-1", "?from=99999999", "?to=x"])
def test_an_unknown_work_does_not_exist(client: Client, works, query: str):
    assert client.get(f"/paths/{query}").status_code == 404


def test_a_surprise_is_a_path_between_works_that_can_be_seen(client: Client, works):
    build()
    hidden = works[0]
    Artwork.objects.filter(pk=hidden.pk).update(is_published=False)

    for _ in range(10):
        answer = client.get("/paths/surprise/")
        assert answer.status_code == 302
        assert str(hidden.pk) not in answer.url.split("/")
        assert client.get(answer.url).status_code == 200
    assert client.get(f"/paths/surprise/?from={works[3].pk}").url.startswith(f"/paths/{works[3].pk}/")


def test_without_connected_works_a_surprise_leads_back_and_says_so(client: Client, works):
    assert "no two works" in client.get("/paths/surprise/", follow=True).text
    build()
    keep_neighbours(0)

    assert "no two works" in client.get(f"/paths/surprise/?from={works[3].pk}", follow=True).text


def test_the_page_of_a_work_leads_to_paths_from_it(client: Client, works):
    assert f'href="/paths/?from={works[3].pk}"' in client.get(works[3].get_absolute_url()).text
