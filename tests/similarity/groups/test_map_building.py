import numpy as np
import pytest
from PIL import Image

from collection.files import orphan_files
from collection.models import ArtworkImage
from similarity.groups.building import layout_stage, sheet_files, sheets_stage
from similarity.models import Group, MapSheet, Overview, Placement, Space
from tests import factories
from tests.similarity.groups.built_overviews import build
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(media):
    collection = factories.a_collection()
    return [embedded_work(collection, angle) for angle in np.linspace(0, 3, 12)]


def positions(overview: Overview) -> list[tuple[float, float]]:
    return list(Placement.objects.filter(overview=overview).order_by("work_id").values_list("x", "y"))


def test_each_work_gets_its_own_place_on_the_map(works):
    overview = build()

    found = positions(overview)
    assert len(set(found)) == 12
    assert all(0 <= number <= 1 for point in found for number in point)


def test_works_that_look_alike_are_near_on_the_map(media):
    collection = factories.a_collection()
    for angle in np.linspace(0, 3, 30):
        embedded_work(collection, angle)

    points = np.array(positions(build()))

    apart = np.linalg.norm(points[:, None] - points, axis=2)
    nearest = apart.argsort(axis=1)[:, 1]
    assert np.median(np.abs(nearest - np.arange(30))) <= 3


def test_a_repeated_stage_writes_the_same_positions(works):
    overview = build()
    before = positions(overview)

    layout_stage.run(overview)

    assert positions(overview) == before


def test_a_label_is_where_most_works_of_its_group_are(works):
    overview = build()
    group = Group.objects.create(overview=overview, number=101, size=3)
    members = [work.pk for work in works[:4]]
    rows = Placement.objects.filter(overview=overview)
    rows.filter(work__in=members).update(group=group, x=0.1, y=0.1)
    rows.filter(work=works[0]).update(x=0.9, y=0.9)

    layout_stage.place_groups(overview)

    group.refresh_from_db()
    assert (group.x, group.y) == (0.1, 0.1)


def test_a_work_that_was_deleted_after_the_graph_leaves_no_hole(works):
    overview = build()
    works[3].delete()

    layout_stage.run(overview)

    assert len(set(positions(overview))) == 11


def test_a_sheet_has_a_tile_of_each_picture(works, media):
    ArtworkImage.objects.filter(artwork=works[0]).update(position=9)
    image = factories.a_painted_image(works[0])
    ArtworkImage.objects.filter(pk=image.pk).update(position=0)

    overview = build()

    sheet = MapSheet.objects.get(overview=overview)
    assert sorted(sheet.work_ids) == sorted(work.pk for work in works)
    place = sheet.work_ids.index(works[0].pk)
    assert sheet.image_ids[place] == image.pk
    left, top = sheets_stage.corner(place, sheet.tile_px)
    with Image.open(sheet_files.whole(sheet)) as picture:
        tile = picture.convert("RGB").crop((left, top, left + sheet.tile_px, top + sheet.tile_px * 3 // 4))
    mean = np.asarray(tile).reshape(-1, 3).mean(axis=0)
    assert np.abs(mean - list(sheet.tones[4 * place : 4 * place + 3])).max() < 6


def test_a_picture_without_a_file_has_a_grey_tile(works):
    overview = build()

    sheet = MapSheet.objects.get(overview=overview)
    assert set(sheet.image_ids) == {0}
    assert bytes(sheet.tones[:3]) == bytes(sheets_stage.NO_TONE)


def test_sheets_are_removed_with_their_overview_and_by_nothing_else(works, django_capture_on_commit_callbacks):
    first = build()
    orphan_files.sweep(-1)
    assert sheet_files.folder(first.pk).is_dir()

    with django_capture_on_commit_callbacks(execute=True):
        first.delete()

    assert not sheet_files.folder(first.pk).exists()


def test_files_of_an_overview_that_is_gone_are_removed_by_the_next(works):
    lost = sheet_files.folder(10**6)
    lost.mkdir(parents=True)

    build()

    assert not lost.exists()


def test_the_map_of_another_look_does_not_start_from_the_live_one(works):
    overview = build()
    ids = np.array(sorted(work.pk for work in works))
    other = Overview(space=Space.objects.exclude(pk=overview.space_id).latest("pk"))

    assert not np.isnan(layout_stage.positions_before(Overview(space=overview.space), ids)).any()
    assert np.isnan(layout_stage.positions_before(other, ids)).all()
