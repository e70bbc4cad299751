import datetime as dt

import numpy as np
import pytest
from django.utils import timezone

from collection.models import ArtworkImage
from similarity.groups.building import joining, overview_stages, placements, sheet_files, sheets_stage, versions
from similarity.models import Group, MapSheet, Overview, OverviewState, Placement
from similarity.spaces import lifecycle
from tests import factories
from tests.similarity.groups.built_overviews import build
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def works():
    collection = factories.a_collection()
    return [embedded_work(collection, angle) for angle in np.linspace(0, 3, 12)]


def neighbours_of(work) -> list[int]:
    row = Placement.objects.get(overview__state=OverviewState.LIVE, work=work)
    return placements.unpack_ids(row.neighbours).tolist()


def test_an_overview_has_the_nearest_works_of_each_work_and_goes_live(works):
    overview = build()

    assert overview.state == OverviewState.LIVE
    assert overview.size == 12
    assert set(overview.seconds) == set(overview_stages.STAGES)
    assert neighbours_of(works[0])[:3] == [works[1].pk, works[2].pk, works[3].pk]
    assert len(neighbours_of(works[0])) == 11


def test_a_new_overview_replaces_the_live_one_and_only_that_is_remembered(works):
    first, second, third = build(), build(), build()

    assert not Overview.objects.filter(pk=first.pk).exists()
    second.refresh_from_db()
    assert (second.state, third.state) == (OverviewState.PREVIOUS, OverviewState.LIVE)


def test_the_live_overview_stays_while_another_is_built_and_fails(works, monkeypatch):
    live = build()
    monkeypatch.setitem(overview_stages.STAGES, list(overview_stages.STAGES)[-1], fails)

    failed = build()

    assert failed.state == OverviewState.FAILED
    assert failed.problem == overview_stages.UNEXPECTED
    assert versions.live() == live


def fails(overview: Overview) -> None:
    raise MemoryError


def test_failed_overviews_leave_one_row_with_the_reason_and_nothing_else(
    works, media, monkeypatch, django_capture_on_commit_callbacks
):
    live = build()
    monkeypatch.setitem(overview_stages.STAGES, list(overview_stages.STAGES)[-1], paints_and_fails)

    with django_capture_on_commit_callbacks(execute=True):
        failed = [build() for _ in range(3)]

    assert list(Overview.objects.filter(state=OverviewState.FAILED)) == failed[-1:]
    for model in (Placement, Group, MapSheet):
        assert set(model.objects.values_list("overview", flat=True)) == {live.pk}
    assert [path.name for path in sheet_files.folder_of_maps().iterdir()] == [str(live.pk)]


def paints_and_fails(overview: Overview) -> None:
    sheets_stage.run(overview)
    raise MemoryError


def test_the_live_overview_stays_if_the_next_one_is_gone_before_it_goes_live(works, monkeypatch):
    live = build()
    versions.request()
    monkeypatch.setitem(overview_stages.STAGES, list(overview_stages.STAGES)[-1], is_deleted)

    while overview_stages.run():
        pass

    assert list(Overview.objects.all()) == [live]
    assert versions.live() == live


def is_deleted(overview: Overview) -> None:
    Overview.objects.filter(pk=overview.pk).delete()


def test_a_stage_that_was_cut_off_is_repeated_from_its_beginning(works):
    overview = versions.request()
    overview_stages.STAGES["graph"](overview)  # its worker is killed before it notes the end of the stage

    while overview_stages.run():
        pass

    assert Placement.objects.filter(overview=overview).count() == 12
    assert versions.live() == overview


def test_stages_follow_each_other_while_there_is_time(works):
    overview = versions.request()

    assert overview_stages.run_for(0)
    overview.refresh_from_db()
    assert (overview.stage, overview.state) == ("graph", OverviewState.BUILDING)
    assert not overview_stages.run_for(600)
    assert versions.live() == overview


def test_after_three_killed_workers_an_overview_is_given_up(works):
    overview = versions.request()
    Overview.objects.update(attempts=overview_stages.ATTEMPTS_LIMIT)

    assert not overview_stages.run()

    overview.refresh_from_db()
    assert (overview.state, overview.problem) == (OverviewState.FAILED, overview_stages.GAVE_UP)


def test_a_new_work_joins_beside_its_nearest_works(works):
    build()
    new = embedded_work(works[0].collection, 0.1)

    assert joining.is_due()
    while joining.run():
        pass

    assert not joining.is_due()
    row = Placement.objects.get(work=new)
    assert row.has_joined
    assert placements.unpack_ids(row.neighbours).tolist()[:2] == [works[0].pk, works[1].pk]
    assert versions.live().joined == 1


def test_a_work_whose_vector_was_committed_late_joins_too(works):
    build()
    new = embedded_work(works[0].collection, 0.1)
    Overview.objects.update(last_embedding=10**9)

    assert not joining.is_due()
    assert joining.join_missing(versions.live()) == 1

    assert Placement.objects.filter(work=new).exists()
    assert versions.live().joined == 1


def test_a_work_that_has_a_place_does_not_join_again(works):
    live = build()
    new = embedded_work(works[0].collection, 0.1)
    joining.run()

    assert joining.join(versions.live(), [works[0].pk, new.pk]) == 0
    assert joining.join_missing(versions.live()) == 0
    assert (versions.live().joined, Placement.objects.filter(overview=live).count()) == (1, 13)


def test_an_alias_gets_no_place(works):
    works[0].merged_into = works[1]
    works[0].save()

    build()

    assert not Placement.objects.filter(work=works[0]).exists()
    assert works[0].pk not in neighbours_of(works[1])


def test_the_first_overview_begins_once_all_pictures_have_vectors(works):
    versions.request_if_due(is_often=True)
    assert versions.building() is None  # pictures were added just now

    ArtworkImage.objects.update(created_at=timezone.now() - dt.timedelta(minutes=1))
    versions.request_if_due(is_often=True)

    assert versions.building().space == lifecycle.live()


def test_fewer_than_five_works_have_no_overview():
    collection = factories.a_collection()
    for angle in (0, 1, 2):
        embedded_work(collection, angle)
    ArtworkImage.objects.update(created_at=timezone.now() - dt.timedelta(minutes=1))

    versions.request_if_due(is_often=False)

    assert not Overview.objects.exists()


def test_another_overview_begins_when_a_tenth_of_the_works_joined_or_left(works):
    live = build()
    ArtworkImage.objects.update(created_at=timezone.now() - dt.timedelta(minutes=1))
    Overview.objects.update(started_at=timezone.now() - dt.timedelta(hours=2))
    versions.request_if_due(is_often=False)
    assert versions.building() is None

    works[0].delete()
    works[1].delete()
    versions.request_if_due(is_often=False)

    assert versions.building() is not None
    assert versions.live() == live


@pytest.mark.django_db(transaction=True)
def test_works_can_be_withdrawn_while_their_rows_are_written(works, monkeypatch):
    """Of two batches, the first is committed, so its works are free while the second is written."""
    import psycopg
    from django.db import connection

    monkeypatch.setattr(placements, "BATCH", 6)
    withdrawn: list[int] = []
    create = Placement.objects.bulk_create

    def withdraw_first(rows):
        made = create(rows)
        if made[0].work_id != works[0].pk:
            with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
                other.execute("SET lock_timeout = '2s'")
                changed = other.execute(
                    "UPDATE collection_artwork SET is_published = false WHERE id = %s", [works[0].pk]
                )
                withdrawn.append(changed.rowcount)
        return made

    monkeypatch.setattr(Placement.objects, "bulk_create", withdraw_first)
    overview = versions.request()

    overview_stages.STAGES["graph"](overview)

    assert withdrawn == [1]
    assert Placement.objects.filter(overview=overview).count() == 12


def test_another_overview_begins_at_once_when_as_many_works_joined_as_it_had(works):
    build()
    ArtworkImage.objects.update(created_at=timezone.now() - dt.timedelta(minutes=1))
    Overview.objects.update(joined=11)
    versions.request_if_due(is_often=True)
    assert versions.building() is None

    Overview.objects.update(joined=12)
    versions.request_if_due(is_often=True)

    assert versions.building() is not None
