import pytest
from django.test import Client

from collection.models import Artwork
from similarity.groups.paths import chains
from similarity.groups.paths.chains import Problem
from tests import factories
from tests.similarity.groups.built_overviews import build, keep_neighbours
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def works() -> list[Artwork]:
    collection = factories.a_collection()
    works = [embedded_work(collection, 0.3 * number) for number in range(10)]
    build()
    keep_neighbours(2)
    return works


def test_a_path_has_its_works_in_order(client: Client, works):
    answer = client.get(f"/api/v1/paths/{works[1].pk}/{works[7].pk}").json()

    ids = [step["artwork"]["id"] for step in answer["steps"]]
    assert (ids[0], ids[-1]) == (works[1].pk, works[7].pk)
    assert 4 <= len(ids) <= 13
    assert answer["problem"] == ""
    assert answer["steps"][0]["nearness"] is None
    assert answer["steps"][1]["artwork"]["images"]


def test_without_a_path_the_answer_says_why(client: Client, works):
    without = ",".join(str(work.pk) for work in works[2:7])

    answer = client.get(f"/api/v1/paths/{works[1].pk}/{works[7].pk}?without={without}").json()

    assert answer == {"steps": [], "problem": Problem.NO_OTHER}
    same = client.get(f"/api/v1/paths/{works[1].pk}/{works[1].pk}").json()
    assert same == {"steps": [], "problem": Problem.SAME}


def test_while_other_paths_are_searched_the_answer_says_so(client: Client, works, monkeypatch):
    monkeypatch.setattr(chains, "WAIT_S", 0)
    with chains.searching:
        answer = client.get(f"/api/v1/paths/{works[1].pk}/{works[7].pk}")

    assert (answer.status_code, answer.json()) == (503, {"detail": Problem.BUSY})


def test_hidden_works_do_not_exist_and_merged_ones_lead_to_the_kept(client: Client, works):
    Artwork.objects.filter(pk=works[3].pk).update(is_published=False)
    Artwork.objects.filter(pk=works[8].pk).update(merged_into=works[7])

    assert client.get(f"/api/v1/paths/{works[1].pk}/{works[3].pk}").status_code == 404
    merged = client.get(f"/api/v1/paths/{works[1].pk}/{works[8].pk}")
    assert merged.url == f"/api/v1/paths/{works[1].pk}/{works[7].pk}"


def test_outliers_are_listed_with_their_nearest_work_and_without_hidden_ones(client: Client, works):
    strange = embedded_work(works[0].collection, 6.0)
    build()
    Artwork.objects.filter(pk=works[9].pk).update(is_published=False)

    found = client.get("/api/v1/outliers?k=5").json()

    assert len(found) == 5
    assert all(one["nearest"]["id"] != one["artwork"]["id"] for one in found)
    assert works[9].pk not in {one["artwork"]["id"] for one in found} | {one["nearest"]["id"] for one in found}
    assert Artwork.objects.filter(pk=strange.pk).exists()
    assert client.get("/api/v1/outliers?classification=None").status_code == 404
    assert client.get("/api/v1/outliers?k=61").status_code == 422
