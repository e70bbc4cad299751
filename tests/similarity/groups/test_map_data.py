import io

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from PIL import Image

from collection.models import ArtworkImage
from similarity.groups.building import joining, sheets_stage
from similarity.groups.maps import map_data, placed, points
from similarity.models import MapSheet, Overview, OverviewState, Placement
from tests import factories
from tests.similarity.groups import map_answers
from tests.similarity.groups.built_overviews import build
from tests.similarity.groups.map_answers import painted, publish, unpacked, works_on_map
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()


@pytest.fixture
def works(media):
    return map_answers.along_the_map()


def test_the_data_has_each_work_with_its_place(client, works):
    overview = build()

    found = unpacked(client.get("/map/data"))

    assert found["header"]["overview"] == overview.pk
    places = dict(Placement.objects.filter(overview=overview).values_list("work", "x"))
    for pk, x in zip(found["works"].tolist(), found["x"].tolist(), strict=True):
        assert x / 65_535 == pytest.approx(places[pk], abs=1e-4)


def test_the_data_is_sent_again_only_after_a_change(client, works):
    build()
    first = client.get("/map/data", headers={"Accept-Encoding": "gzip"})
    assert client.get("/map/data", headers={"If-None-Match": first["ETag"]}).status_code == 304

    publish(works[0], is_published=False)

    again = client.get("/map/data", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert works[0].pk not in {int(pk) for pk in unpacked(again)["works"]}
    assert "Cookie" in again["Vary"]


def test_only_its_curators_have_a_withdrawn_work_on_their_map(client, works):
    build()
    publish(works[0], is_published=False)

    assert works_on_map(client) == {work.pk for work in works[1:]}
    client.force_login(factories.a_user(curates=works[0].collection))
    response = client.get("/map/data")
    assert works[0].pk in unpacked(response)["works"]
    assert response["Cache-Control"] == "private, no-store"


def test_a_work_that_joined_is_on_the_map_with_its_picture(client, works):
    build()
    new = embedded_work(works[0].collection, 0.1)
    while joining.run():
        pass

    found = unpacked(client.get("/map/data"))

    (row,) = np.flatnonzero(found["works"] == new.pk)
    assert found["pictures"][row] == new.images.get().pk
    assert found["slots"][row] == points.NO_SLOT


def tile_of(client, overview: Overview, image: ArtworkImage) -> list[int]:
    """Return the mean colour of the middle of a picture's tile, as a visitor gets it."""
    sheet = MapSheet.objects.get(overview=overview)
    response = client.get(reverse("map-sheet", args=[overview.pk, 0]))
    left, top = sheets_stage.corner(sheet.image_ids.index(image.pk), sheet.tile_px)
    with Image.open(io.BytesIO(b"".join(response.streaming_content))) as picture:
        tile = np.asarray(picture.convert("RGB"))[top + 8 : top + 40, left + 8 : left + 56]
    return tile.reshape(-1, 3).mean(axis=0).round().astype(int).tolist()


def test_the_tile_of_a_withdrawn_work_is_covered_at_once_for_everybody(client, works):
    image = painted(works[0])
    other = painted(works[1])
    overview = build()
    shown = tile_of(client, overview, image)
    beside = tile_of(client, overview, other)
    etag = client.get(reverse("map-sheet", args=[overview.pk, 0]))["ETag"]

    publish(works[0], is_published=False)

    assert tile_of(client, overview, image) == pytest.approx([128] * 3, abs=2) != shown
    assert tile_of(client, overview, other) == pytest.approx(beside, abs=2)
    assert client.get(reverse("map-sheet", args=[overview.pk, 0]))["ETag"] != etag
    publish(works[0], is_published=True)
    assert tile_of(client, overview, image) == shown


def test_sheets_of_the_map_before_stay_until_the_next_switch(client, works):
    first = build()
    build()

    assert Overview.objects.get(pk=first.pk).state == OverviewState.PREVIOUS
    assert client.get(reverse("map-sheet", args=[first.pk, 0])).status_code == 200
    build()
    assert client.get(reverse("map-sheet", args=[first.pk, 0])).status_code == 404


def test_works_that_were_never_public_leave_no_trace_in_the_data(client, works):
    for work in works:
        painted(work)
    for work in works[4:]:
        publish(work, is_published=False)
    overview = build()

    found = unpacked(client.get("/map/data"))

    assert found["slots"].tolist() == [0, 1, 2, 3]
    assert found["header"]["count"] == 4
    assert found["header"]["sheets"] == [{"number": 0, "tile_px": 64, "start": 0, "end": 4}]
    assert set(MapSheet.objects.get(overview=overview).work_ids) == {work.pk for work in works[:4]}


def test_the_grid_is_the_same_for_about_as_many_works(client, works):
    build()
    cells = unpacked(client.get("/map/data"))["header"]["cells"]
    for work in map_answers.along_the_map(1, collection=works[0].collection):
        publish(work, is_published=False)

    build()

    assert unpacked(client.get("/map/data"))["header"]["cells"] == cells


def test_a_sheet_without_a_work_that_a_person_may_see_is_not_in_the_data(client, works):
    build()
    for work in works[1:]:
        publish(work, is_published=False)
    assert len(unpacked(client.get("/map/data"))["header"]["sheets"]) == 1

    publish(works[0], is_published=False)

    assert unpacked(client.get("/map/data"))["header"]["sheets"] == []


def test_a_tile_whose_picture_was_replaced_is_not_used(client, works):
    old = painted(works[0])
    build()
    before = client.get("/map/data")
    (row,) = np.flatnonzero(unpacked(before)["works"] == works[0].pk)
    assert unpacked(before)["slots"][row] != points.NO_SLOT
    old.delete()

    again = client.get("/map/data", headers={"If-None-Match": before["ETag"]})

    found = unpacked(again)
    (row,) = np.flatnonzero(found["works"] == works[0].pk)
    assert found["slots"][row] == points.NO_SLOT
    assert found["pictures"][row] == works[0].images.get().pk


def test_data_is_never_cached_by_an_etag_of_other_works(works):
    overview = build()
    earlier = placed.etag(overview, placed.visible(overview, VISITOR), [])
    publish(works[0], is_published=False)

    found = map_data.read(overview, VISITOR, [], earlier)

    assert found.etag == placed.etag(overview, placed.visible(overview, VISITOR), []) != earlier
    publish(works[0], is_published=True)
    assert map_data.read(overview, VISITOR, [], earlier).etag == earlier
