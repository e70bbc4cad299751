import gzip
import io
import json

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from PIL import Image

from collection.models import ArtworkImage
from similarity.groups.building import joining, overview_stages, sheets_stage, versions
from similarity.groups.maps import group_labels, points
from similarity.models import Group, GroupName, MapSheet, Overview, OverviewState, Placement
from similarity.templatetags import overview_tags
from tests import factories
from tests.similarity.placed_works import embedded_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(media):
    collection = factories.a_collection(slug="open")
    return [embedded_work(collection, angle, title=f"Quokka {n}") for n, angle in enumerate(np.linspace(0, 3, 12))]


def build() -> Overview:
    versions.request()
    while overview_stages.run():
        pass
    overview = versions.live()
    assert overview is not None
    return overview


def unpacked(response) -> dict:
    """Return the header of the data, and its columns by name."""
    assert response.status_code == 200
    content = gzip.decompress(response.content) if response.get("Content-Encoding") == "gzip" else response.content
    length = int.from_bytes(content[:4], "little")
    found = {"header": json.loads(content[4 : 4 + length])}
    offset = 4 + length
    for name in points.COLUMNS.names:
        kind = points.COLUMNS[name]
        size = kind.itemsize * found["header"]["count"]
        found[name] = np.frombuffer(content[offset : offset + size], kind.base)
        offset += size
    assert offset == len(content)
    return found


def works_on_map(client) -> set[int]:
    return {int(pk) for pk in unpacked(client.get("/map/data"))["works"]}


def painted(work) -> ArtworkImage:
    """Give a work a real picture before the one with its vector."""
    ArtworkImage.objects.filter(artwork=work).update(position=9)
    image = factories.a_painted_image(work)
    ArtworkImage.objects.filter(pk=image.pk).update(position=0)
    return image


def group_of(overview: Overview, works, number: int, name: str) -> Group:
    """Put these works into a group of their own, with a name that a curator gave."""
    Placement.objects.filter(overview=overview).update(subgroup=None)
    GroupName.objects.create(number=number, name=name)
    group = Group.objects.create(overview=overview, number=number, size=len(works), x=0.5, y=0.5)
    Placement.objects.filter(overview=overview, work__in=[work.pk for work in works]).update(group=group)
    return group


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

    works[0].is_published = False
    works[0].save()

    again = client.get("/map/data", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert works[0].pk not in {int(pk) for pk in unpacked(again)["works"]}
    assert "Cookie" in again["Vary"]


def test_only_its_curators_have_a_withdrawn_work_on_their_map(client, works):
    build()
    works[0].is_published = False
    works[0].save()

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

    works[0].is_published = False
    works[0].save()

    assert tile_of(client, overview, image) == pytest.approx([128] * 3, abs=2) != shown
    assert tile_of(client, overview, other) == pytest.approx(beside, abs=2)
    assert client.get(reverse("map-sheet", args=[overview.pk, 0]))["ETag"] != etag
    works[0].is_published = True
    works[0].save()
    assert tile_of(client, overview, image) == shown


def test_sheets_of_the_map_before_stay_until_the_next_switch(client, works):
    first = build()
    build()

    assert Overview.objects.get(pk=first.pk).state == OverviewState.PREVIOUS
    assert client.get(reverse("map-sheet", args=[first.pk, 0])).status_code == 200
    build()
    assert client.get(reverse("map-sheet", args=[first.pk, 0])).status_code == 404


def test_the_list_has_the_works_by_group(client, works):
    overview = build()
    group_of(overview, works[:4], 101, "Coasts")
    group_of(overview, works[4:], 102, "Hills")

    response = client.get("/map/?as=list")

    page = response.content.decode()
    sections = {one.group.name: {work.title for work in one.works} for one in response.context["page"].sections}
    assert sections["Coasts"] == {f"Quokka {n}" for n in range(4)}
    assert [*sections] == ["Coasts", "Hills"]
    assert all(f"Quokka {n}<" in page for n in range(12))
    one_group = client.get("/map/?as=list&group=101").content.decode()
    assert "Quokka 3<" in one_group
    assert "Quokka 4<" not in one_group


def test_the_list_of_a_work_begins_with_the_works_around_it(client, works):
    build()

    response = client.get(f"/map/?as=list&work={works[5].pk}")

    listed = [work.pk for section in response.context["page"].sections for work in section.works]
    assert listed[0] == works[5].pk
    assert len(listed) == 12


def test_a_set_of_works_has_an_address(client, works):
    build()
    ids = [work.pk for work in works[2:5]]

    page = client.get(f"/map/?as=list&works={','.join(map(str, ids))},999999").content.decode()

    assert "3 chosen works" in page
    assert "Quokka 1<" not in page


def test_filters_narrow_the_list_and_name_the_works_for_the_map(client, works):
    build()
    works[3].classification = "Print"
    works[3].save()

    assert client.get("/map/matches?classification=Print").json() == {"works": [works[3].pk]}
    listed = client.get("/map/?as=list&classification=Print").context["page"]
    assert [work.pk for section in listed.sections for work in section.works] == [works[3].pk]


def test_withdrawn_works_are_in_no_answer_of_the_map(client, works):
    build()
    works[3].is_published = False
    works[3].save()
    pk = works[3].pk

    assert client.get(f"/map/works/{pk}/").status_code == 404
    assert client.get("/map/matches?q=quokka").json()["works"].count(pk) == 0
    for address in ("/map/?as=list", f"/map/?as=list&works={pk}", f"/map/?work={pk}"):
        assert "Quokka 3<" not in client.get(address).content.decode()


def test_a_hidden_group_has_no_label_for_the_public(works):
    overview = build()
    group_of(overview, works, 101, "Sea")
    GroupName.objects.update(is_hidden=True)

    assert group_labels.of(overview, AnonymousUser()) == []
    assert [one.name for one in group_labels.of(overview, factories.a_user(is_superuser=True))] == ["Sea"]


def test_a_site_without_a_map_says_so_and_links_to_none(client):
    page = client.get("/map/").content.decode()

    assert "There is no map yet" in page
    assert 'href="/map/"' not in client.get("/browse/").content.decode()
    assert client.get("/map/data").status_code == 404


def test_the_map_before_stays_while_the_next_is_built(client, works):
    build()
    versions.request()
    overview_stages.run()
    overview_tags.last_read.forget()

    assert len(works_on_map(client)) == 12
    assert 'href="/map/"' in client.get("/browse/").content.decode()


def test_a_map_whose_works_were_all_withdrawn_is_an_empty_page(client, works):
    build()
    for work in works:
        work.is_published = False
        work.save()

    assert works_on_map(client) == set()
    assert "No work on the map matches" in client.get("/map/?as=list").content.decode()


@pytest.mark.parametrize(
    "query", ["x=a&y=9", "work=0", "token=%00", "works=,,x", "page=-3", "group=99", "zoom=nan", "page=99"]
)
def test_invented_addresses_show_the_map(client, works, query):
    build()

    assert client.get(f"/map/?{query}").status_code == 200
    assert client.get(f"/map/?as=list&{query}").status_code == 200
