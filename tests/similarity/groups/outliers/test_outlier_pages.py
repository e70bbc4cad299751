"""The strangest works: of all works, and among those of one kind. Hidden works are not shown."""

import re

import numpy as np
import pytest
from django.test import Client

from collection.models import Artwork
from similarity.groups.building import joining
from similarity.groups.graphs.outlier_scores import LEAST_OF_KIND
from similarity.models import Placement
from tests import factories
from tests.similarity.groups.built_overviews import build
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def works() -> list[Artwork]:
    """Works that look alike, half of them prints; then a strange print, and a strange map with no other map."""
    collection = factories.a_collection(slug="sheets", title="Sheets")
    usual = [
        embedded_work(
            collection, 0.002 * number, title=f"Usual {number}", classification="Print" if number % 2 else "Drawing"
        )
        for number in range(2 * LEAST_OF_KIND)
    ]
    strange = embedded_work(collection, 1.0, title="Strange print", classification="Print")
    stranger = embedded_work(collection, 2.5, title="Strange map", classification="Map")
    return [*usual, strange, stranger]


def titles(text: str) -> list[str]:
    return re.findall(r'work-card__title">([^<]+)<', text)


def nearest_titles(text: str) -> list[str]:
    return re.findall(r"The work that looks most like it: </span>([^<]+)<", text)


def test_the_strangest_work_comes_first_with_its_nearest_work(client: Client, works):
    build()

    page = client.get("/outliers/").text

    assert titles(page)[:2] == ["Strange map", "Strange print"]
    assert nearest_titles(page)[0] == "Strange print"


def test_within_a_kind_works_are_compared_with_that_kind_only(client: Client, works):
    build()

    page = client.get("/outliers/?classification=Print").text

    assert titles(page)[0] == "Strange print"
    assert "Strange map" not in page
    assert nearest_titles(page)[0] == f"Usual {2 * LEAST_OF_KIND - 1}"
    assert "Unlike the others of Print" in page
    assert titles(client.get("/outliers/?collection=sheets").text)[0] == "Strange map"


def test_a_kind_of_few_works_is_not_offered(client: Client, works):
    build()

    page = client.get("/outliers/").text

    assert 'href="?classification=Print"' in page
    assert "classification=Map" not in page
    assert client.get("/outliers/?classification=Map").status_code == 404
    assert client.get("/outliers/?classification=Nothing").status_code == 404


def test_hidden_works_are_neither_shown_nor_named_nor_counted(client: Client, works):
    build()
    Artwork.objects.filter(pk=works[-1].pk).update(is_published=False, title="Secret")
    Artwork.objects.filter(pk=works[-2].pk).update(merged_into=works[0], title="Secret")

    for address in ("/outliers/", "/outliers/?classification=Print", "/outliers/?collection=sheets"):
        page = client.get(address).text
        assert "Secret" not in page
        assert f"/works/{works[-1].pk}/" not in page
        assert f"/works/{works[-2].pk}/" not in page
    assert f">{2 * LEAST_OF_KIND}<" in client.get("/outliers/").text


def test_kinds_that_only_hidden_works_have_are_not_offered(client: Client, works):
    build()
    Artwork.objects.filter(classification="Drawing").update(is_published=False)

    assert "Drawing" not in client.get("/outliers/").text
    assert client.get("/outliers/?classification=Drawing").status_code == 404


def test_a_work_that_joins_has_a_score_too(client: Client, works):
    build()
    new = embedded_work(works[0].collection, 3.4, title="Stranger still")
    while joining.run():
        pass

    assert Placement.objects.get(work=new).outlier_score > 0
    assert titles(client.get("/outliers/").text)[0] == "Stranger still"


def test_before_the_first_overview_the_page_says_so(client: Client):
    answer = client.get("/outliers/")

    assert answer.status_code == 200
    assert "have not been compared" in answer.text


@pytest.mark.parametrize("angle", [0.0, 0.3, 1.1])
def test_works_that_are_all_alike_have_no_outliers(client: Client, angle: float):
    collection = factories.a_collection()
    for _ in range(6):
        embedded_work(collection, angle)
    build()

    assert titles(client.get("/outliers/").text) == []


def test_a_kind_with_spaces_around_its_name_is_shown(client: Client, works):
    Artwork.objects.filter(classification="Print").update(classification=" Print ")
    build()

    assert 'href="?classification=+Print+"' in client.get("/outliers/").text
    assert titles(client.get("/outliers/?classification=+Print+").text)[0] == "Strange print"


@pytest.mark.parametrize(
    "query", ["?classification=", "?classification=++", "?classification=%00", "?collection=" + "x" * 5000]
)
def test_nonsense_in_the_address_shows_all(client: Client, works, query: str):
    build()

    assert titles(client.get(f"/outliers/{query}").text)[0] == "Strange map"


def test_the_scores_of_one_work_are_those_of_its_vector(works):
    build()

    row = Placement.objects.get(work=works[-2])

    assert row.kind_scores["classification"][1] == works[2 * LEAST_OF_KIND - 1].pk
    assert row.outlier_score == pytest.approx(
        np.mean([1 - np.cos(1.0 - 0.002 * number) for number in range(2 * LEAST_OF_KIND - 8, 2 * LEAST_OF_KIND)]),
        abs=2e-3,
    )
