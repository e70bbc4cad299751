"""The page of a path: which works it shows, and what it says if there is no path."""

import re

import numpy as np
import pytest
from django.test import Client

from collection.models import Artwork
from similarity.groups.building import joining
from similarity.groups.paths import chains, work_graph
from similarity.groups.paths.chains import Problem
from tests import factories
from tests.similarity.groups.built_overviews import build, keep_neighbours
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def works() -> list[Artwork]:
    """Ten works in a row: each is nearest to those before and after it."""
    collection = factories.a_collection()
    return [embedded_work(collection, 0.3 * number, title=f"Number {number}") for number in range(10)]


@pytest.fixture
def row(works: list[Artwork]) -> list[Artwork]:
    """The same works in an overview in which each is a neighbour only of its nearest two."""
    build()
    keep_neighbours(2)
    return works


def shown(text: str) -> list[int]:
    """Return the ids of the works of the page's list, in order."""
    return [int(pk) for pk in re.findall(r'work-card__link" href="/works/(\d+)/"', text)]


def address(start: Artwork, end: Artwork) -> str:
    return f"/paths/{start.pk}/{end.pk}/"


def ids(works: list[Artwork]) -> list[int]:
    return [work.pk for work in works]


def test_a_path_shows_each_work_from_the_first_to_the_last(client: Client, row):
    page = client.get(address(row[1], row[7])).text

    path = shown(page)
    assert path[0] == row[1].pk
    assert path[-1] == row[7].pk
    assert 3 <= len(path) - 1 <= 12
    assert sorted(path) == path
    assert f"/works/{path[0]}/compare/{path[1]}/" in page


def test_the_other_way_round_shows_the_same_works_in_reverse(client: Client, row):
    there, back = (shown(client.get(address(*ends)).text) for ends in ((row[1], row[7]), (row[7], row[1])))

    assert there == back[::-1]


def test_neighbours_have_works_in_between(client: Client, works):
    build()

    assert len(shown(client.get(address(works[3], works[4])).text)) >= 4


def test_another_path_avoids_the_works_of_the_first(client: Client, works):
    build()
    page = client.get(address(works[0], works[9])).text
    first = shown(page)
    other = re.search(r'href="([^"]+)"[^>]*>Another path<', page)
    assert other

    second = shown(client.get(other[1]).text)

    assert (second[0], second[-1]) == (first[0], first[-1])
    assert not {*first[1:-1]} & {*second[1:-1]}


def test_when_every_path_is_shown_the_page_says_so(client: Client, row):
    without = ",".join(str(work.pk) for work in row[2:7])

    page = client.get(f"{address(row[1], row[7])}?without={without}")

    assert page.status_code == 200
    assert Problem.NO_OTHER in page.text


def test_a_withdrawn_work_is_avoided_at_once_and_shown_again_once_it_is_published(client: Client, works):
    build()
    between = shown(client.get(address(works[0], works[9])).text)[1:-1]
    Artwork.objects.filter(pk=between[1]).update(is_published=False, title="Secret")

    page = client.get(address(works[0], works[9])).text

    assert between[1] not in shown(page)
    assert len(shown(page)) > 2
    assert "Secret" not in page
    assert str(between[1]) not in re.findall(r"\d+", "".join(re.findall(r'href="[^"]*"', page)))
    Artwork.objects.filter(pk=between[1]).update(is_published=True)
    assert between[1] in shown(client.get(address(works[0], works[9])).text)


def test_a_path_crosses_a_draft_only_for_its_curators(client: Client, row):
    Artwork.objects.filter(pk=row[4].pk).update(is_published=False)

    visitors = client.get(address(row[3], row[5])).text
    client.force_login(factories.a_user(curates=row[0].collection))
    curators = client.get(address(row[3], row[5])).text

    assert Problem.NOT_CONNECTED in visitors
    assert "Number 4" not in visitors
    assert shown(curators) == ids(row[3:6])


@pytest.mark.parametrize("hide", [{"is_published": False}, {"is_ready": False}])
def test_a_path_to_a_hidden_work_does_not_exist(client: Client, row, hide):
    Artwork.objects.filter(pk=row[7].pk).update(**hide)

    for ends in ((row[1], row[7]), (row[7], row[1]), (row[7], row[7])):
        assert client.get(address(*ends)).status_code == 404
    assert client.get(f"/paths/?from={row[7].pk}").status_code == 404
    assert client.get(f"/paths/{row[1].pk}/999999999/").status_code == 404


def test_a_path_to_a_merged_work_leads_to_the_kept_one(client: Client, row):
    Artwork.objects.filter(pk=row[8].pk).update(merged_into=row[7])

    answer = client.get(address(row[1], row[8]))

    assert (answer.status_code, answer.url) == (302, address(row[1], row[7]))
    chosen = client.get(f"/paths/?from={row[8].pk}&to={row[1].pk}")
    assert chosen.url == address(row[7], row[1])


def test_a_path_never_crosses_a_merged_work(client: Client, works):
    build()
    Artwork.objects.filter(pk=works[4].pk).update(merged_into=works[5])

    assert works[4].pk not in shown(client.get(address(works[0], works[9])).text)


def test_without_a_path_the_page_says_why(client: Client, works):
    before = client.get(address(works[0], works[1]))
    build()
    keep_neighbours(0)
    lonely = factories.a_work(title="Without a picture")

    for answer, problem in (
        (before, Problem.NO_OVERVIEW),
        (client.get(address(works[0], works[1])), Problem.NOT_CONNECTED),
        (client.get(address(works[2], works[2])), Problem.SAME),
        (client.get(address(works[2], lonely)), Problem.NOT_COMPARED),
    ):
        assert answer.status_code == 200
        assert problem in answer.text


def test_works_that_join_are_reached_when_the_graph_is_renewed(client: Client, works, monkeypatch):
    build()
    client.get(address(works[0], works[1]))
    new = embedded_work(works[0].collection, 1.0)
    while joining.run():
        pass

    monkeypatch.setattr(work_graph, "RENEWED_S", 0)

    assert len(shown(client.get(address(works[0], new)).text)) >= 4


def test_the_next_overview_is_used_as_soon_as_it_is_live(client: Client, works):
    build()
    keep_neighbours(0)
    assert Problem.NOT_CONNECTED in client.get(address(works[0], works[9])).text

    build()

    assert len(shown(client.get(address(works[0], works[9])).text)) > 2


def test_a_path_says_how_near_each_step_is(client: Client, row):
    work_graph.kept.clear()
    space = row[0].images.get().embeddings.get().space
    space.quantiles = np.linspace(0, 2, 1001).tolist()
    space.save()

    chain = chains.find(factories.a_user(is_superuser=True), row[1], row[7])

    assert all(stop.step and stop.step.caption.startswith("Closer than") for stop in chain.stops[:-1])
    assert chain.stops[-1].step is None


def test_while_other_paths_are_searched_the_page_asks_to_try_again(client: Client, row, monkeypatch):
    monkeypatch.setattr(chains, "WAIT_S", 0)
    with chains.searching:
        page = client.get(address(row[1], row[7]))
        surprise = client.get("/paths/surprise/", follow=True)

    assert (page.status_code, page["Retry-After"]) == (503, str(chains.RETRY_S))
    assert Problem.BUSY in page.text
    assert Problem.BUSY in surprise.text
    assert client.get(address(row[1], row[7])).status_code == 200


@pytest.mark.parametrize("query", ["?without=", "?without=x,,-1", "?without=" + "9" * 30, "?without=" + "1," * 5000])
def test_nonsense_in_the_address_avoids_nothing(client: Client, row, query: str):
    page = client.get(address(row[1], row[7]) + query)

    assert page.status_code == 200
    assert len(shown(page.text)) > 2
