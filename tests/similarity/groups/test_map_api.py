import pytest

from collection.models import Artwork
from similarity.groups.building import versions
from similarity.models import GroupName, Placement
from tests import factories
from tests.similarity.groups.built_overviews import build
from tests.similarity.groups.grouped_works import a_cloud, group_of
from tests.similarity.groups.map_answers import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(media):
    collection = factories.a_collection(slug="prints")
    found = [work for towards in (0, 1) for work in a_cloud(collection, towards, 6)]
    build()
    return found


def works_in(answer: dict) -> set[int]:
    return {point["artwork"] for point in answer["points"]}


def test_each_work_has_its_place_and_its_group(client, works):
    answer = client.get("/api/v1/map").json()

    assert answer["version"] == versions.live().pk
    assert (answer["count"], answer["next_after"]) == (12, None)
    rows = Placement.objects.filter(overview=answer["version"]).order_by("work_id")
    assert answer["points"] == [
        {
            "artwork": row.work_id, "x": row.x, "y": row.y,
            "group": row.group.number, "subgroup": row.subgroup and row.subgroup.number,
        }
        for row in rows
    ]  # fmt: skip


def test_the_map_is_read_page_by_page(client, works):
    found, sizes, after = [], [], ""
    while after is not None:
        answer = client.get("/api/v1/map", {"limit": 5, **({"after": after} if after else {})}).json()
        found += [work["artwork"] for work in answer["points"]]
        sizes.append(len(answer["points"]))
        after = answer["next_after"]

    assert sizes == [5, 5, 2]
    assert found == sorted(work.pk for work in works)
    assert client.get("/api/v1/map", {"limit": 5_001}).status_code == 422


def test_unpublished_works_have_a_place_for_their_curators_only(client, works):
    publish(works[0], is_published=False)

    answer = client.get("/api/v1/map").json()

    assert works_in(answer) == {work.pk for work in works[1:]}
    assert answer["count"] == 11
    client.force_login(factories.a_user(curates=works[0].collection))
    assert works[0].pk in works_in(client.get("/api/v1/map").json())


def test_merged_works_have_no_place_for_anybody(client, works):
    Artwork.objects.filter(pk=works[0].pk).update(merged_into=works[1])

    client.force_login(factories.a_user(curates=works[0].collection))

    assert works_in(client.get("/api/v1/map").json()) == {work.pk for work in works[1:]}


def test_works_of_a_closed_collection_are_not_counted(client, works):
    collection = works[0].collection
    collection.is_public = False
    collection.save()

    answer = client.get("/api/v1/map").json()

    assert (answer["count"], answer["points"]) == (0, [])


def test_a_hidden_group_is_not_named(client, works):
    hidden = group_of(works[0]).number
    GroupName.objects.update_or_create(number=hidden, defaults={"is_hidden": True})

    answer = client.get("/api/v1/map").json()

    assert hidden not in {point["group"] for point in answer["points"]}
    assert len(answer["points"]) == 12


def test_without_a_map_the_answer_is_empty(client):
    assert client.get("/api/v1/map").json() == {"version": None, "count": 0, "points": [], "next_after": None}
