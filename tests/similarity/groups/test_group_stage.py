import numpy as np
import pytest

from similarity.groups.building import group_numbers, group_stage, joining, overview_stages, versions
from similarity.models import Group, GroupName, Overview, Placement, Space
from tests import factories
from tests.similarity.groups.built_overviews import build
from tests.similarity.groups.grouped_works import a_cloud, group_of, subgroup_of
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def clouds():
    collection = factories.a_collection()
    return [a_cloud(collection, towards, 12, classification=f"Kind {towards}") for towards in range(4)]


def test_every_work_has_a_group_and_works_that_look_alike_share_it(clouds):
    build()

    assert not Placement.objects.filter(group=None).exists()
    groups = [{group_of(work) for work in works} for works in clouds]
    assert [len(one) for one in groups] == [1, 1, 1, 1]
    assert len(set.union(*groups)) == 4


def test_a_group_of_two_kinds_of_picture_is_divided():
    collection = factories.a_collection()
    halves = [a_cloud(collection, towards, 9, title=f"{towards}") for towards in (0, 1)]
    others = [a_cloud(collection, towards, 40) for towards in (2, 3, 4, 5)]

    build()

    assert all({subgroup_of(work).parent for work in works} == {group_of(works[0])} for works in others)
    assert {group_of(work) for works in halves for work in works} == {group_of(halves[0][0])}
    parts = [{subgroup_of(work) for work in works} for works in halves]
    assert [len(one) for one in parts] == [1, 1]
    assert parts[0] != parts[1]


def test_a_group_has_typical_works_public_ones_first_and_its_nearest_groups(clouds):
    draft = clouds[0][0]
    draft.is_published = False
    draft.save()

    build()

    group = group_of(draft)
    assert group.typical[-1] == draft.pk
    assert {*group.typical} == {work.pk for work in clouds[0]}
    assert {*group.near} == {*Group.objects.filter(parent=None).exclude(pk=group.pk).values_list("number", flat=True)}
    assert all(0 <= row.typicality <= 1 for row in Placement.objects.all())


def test_facts_are_what_public_records_have_more_often_than_others(clouds):
    for work in clouds[1]:
        work.is_published = False
        work.save()

    build()

    assert group_of(clouds[0][0]).facts == [
        {"field": "classification", "value": "Kind 0", "count": 12, "of": 12, "elsewhere": 0.0}
    ]
    assert group_of(clouds[1][0]).facts == []


def test_what_all_records_have_is_no_fact():
    collection = factories.a_collection()
    works = [a_cloud(collection, towards, 12, department="Paintings")[0] for towards in range(4)]

    build()

    assert [group_of(work).facts for work in works] == [[], [], [], []]


def test_numbers_last_and_new_groups_get_numbers_that_were_never_used(clouds):
    build()
    numbers = [group_of(works[0]).number for works in clouds]
    for work in clouds[3]:
        work.delete()
    newcomers = a_cloud(clouds[0][0].collection, 7, 12)

    build()
    build()

    assert [group_of(works[0]).number for works in clouds[:3]] == numbers[:3]
    assert group_of(newcomers[0]).number > max(numbers)


def test_the_number_of_a_vanished_group_is_not_given_again(clouds):
    build()
    last = Group.objects.order_by("-number").first().number
    gone = next(works for works in clouds if group_of(works[0]).number == last)
    for work in gone:
        work.delete()
    build()
    build()
    newcomers = a_cloud(clouds[0][0].collection, 7, 12)

    build()

    assert group_of(newcomers[0]).number == last + 1
    assert GroupName.objects.get(number=last).name == ""


def test_a_repeated_stage_replaces_its_results(clouds):
    overview = versions.request()
    for stage in (*overview_stages.STAGES.values(), group_stage.run):
        stage(overview)

    numbers = Group.objects.filter(overview=overview).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert Placement.objects.filter(overview=overview, group__isnull=False).count() == 48


def test_identical_works_are_one_group():
    collection = factories.a_collection()
    for _ in range(30):
        embedded_work(collection, 0.5)

    build()

    (group,) = Group.objects.all()
    assert (group.size, group.parent) == (30, None)


def test_works_without_a_vector_any_more_have_no_group(clouds):
    overview = versions.request()
    overview_stages.STAGES["graph"](overview)
    clouds[0][0].images.all().delete()

    group_stage.run(overview)

    assert Placement.objects.get(overview=overview, work=clouds[0][0]).group is None
    assert Placement.objects.filter(overview=overview, group=None).count() == 1


def test_a_rebuild_starts_from_the_live_groups_of_the_works_that_it_was_built_with(clouds):
    live = build()
    (newcomer,) = a_cloud(clouds[0][0].collection, 0, 1)
    assert joining.run()
    works = sorted([work.pk for cloud in clouds for work in cloud] + [newcomer.pk])

    again = group_numbers.to_continue(versions.request(), np.array(works))

    row = works.index(newcomer.pk)
    assert again.first[row] == -1
    assert set(np.delete(again.first, row)) == set(live.groups.filter(parent=None).values_list("number", flat=True))


def test_a_rebuild_from_another_space_starts_from_scratch(clouds):
    build()
    work_ids = np.array([work.pk for work in clouds[0]])

    assert group_numbers.to_continue(Overview(space=Space(pk=0)), work_ids) is None
